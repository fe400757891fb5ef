import { afterAll, beforeAll, expect, it } from 'vitest';
import type { Database } from '../database/database.ts';
import { eq, sql } from '../database/drizzle.ts';
import { openDatabase } from '../database/open.ts';
import { users } from '../database/schema.ts';
import { createMigratedDatabase } from '../testing/create-migrated-database.ts';
import { COUNT_LIMIT, countUpTo } from './stuck.ts';

let database: Database;
beforeAll(async () => {
  database = openDatabase({ url: await createMigratedDatabase() });
});
afterAll(() => database.close());

it('counts matching rows up to the limit', async () => {
  const { orm } = database;
  await orm.execute(sql`
    insert into users (discord_id, plan) select i::text, case when i <= 3 then 'moddy_max' else 'free' end
    from generate_series(1, ${COUNT_LIMIT + 5}::integer) i`);
  expect(await countUpTo(orm, users, eq(users.plan, 'moddy_max'))).toBe(3);
  expect(await countUpTo(orm, users, eq(users.plan, 'moddy_pro'))).toBe(0);
  expect(await countUpTo(orm, users, undefined)).toBe(COUNT_LIMIT);
});
