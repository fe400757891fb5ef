import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../database/database.ts';
import { sql } from '../database/drizzle.ts';
import { openDatabase } from '../database/open.ts';
import { deliveries, PRIORITY, users } from '../database/schema.ts';
import { createMigratedDatabase } from '../testing/create-migrated-database.ts';
import { claimDeliveries, type Kind } from './claim-delivery.ts';

describe('claiming deliveries', () => {
  const opened: Database[] = [];
  let db: Database['orm'];
  beforeEach(async () => {
    const database = openDatabase({ url: await createMigratedDatabase() });
    opened.push(database);
    db = database.orm;
    await db.insert(users).values([{ discordId: '1' }, { discordId: '2' }, { discordId: '3' }]);
  });
  afterAll(() => Promise.all(opened.map((database) => database.close())));

  const enqueue = (userId: number, kind: Kind, minutesAgo: number, priority: number = PRIORITY.live) =>
    db.insert(deliveries).values({ userId, kind, priority, dueAt: sql`now() - ${`${minutesAgo} minutes`}::interval` });
  const claim = async (kinds: readonly Kind[], limit: number) =>
    (await claimDeliveries(db, kinds, limit)).map(({ user, kind }) => `${user.userId} ${kind}`);

  it('takes live work of both kinds by age, then bulk work', async () => {
    await enqueue(1, 'roles', 60, PRIORITY.bulk);
    await enqueue(2, 'notify', 1);
    await enqueue(3, 'roles', 2);
    expect(await claim(['notify', 'roles'], 1)).toEqual(['3 roles']);
    expect(await claim(['notify', 'roles'], 1)).toEqual(['2 notify']);
    expect(await claim(['notify', 'roles'], 1)).toEqual(['1 roles']);
  });
  it('takes only the kinds that are not paused', async () => {
    await enqueue(1, 'notify', 2);
    await enqueue(2, 'roles', 1);
    expect(await claim(['roles'], 5)).toEqual(['2 roles']);
    expect(await claim([], 5)).toEqual([]);
  });
});
