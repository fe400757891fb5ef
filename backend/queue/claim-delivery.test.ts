import { asc, sql } from 'drizzle-orm';
import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import type { Database } from '../database/database.ts';
import { openDatabase } from '../database/open.ts';
import { deliveries, PRIORITY, users } from '../database/schema.ts';
import { postpone } from '../outbox/settle.ts';
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
  it('puts off what waits behind a postponed one as long, and nobody else', async () => {
    await enqueue(1, 'notify', 3);
    await enqueue(1, 'notify', 2);
    await enqueue(2, 'notify', 1);
    const [head] = await claimDeliveries(db, ['notify'], 1);
    if (head === undefined) throw new Error('Nothing was claimed');
    await postpone(db, head, { retryInMs: 60_000, consumed: false, detail: 'busy' });
    const rows = await db.select().from(deliveries).orderBy(asc(deliveries.deliveryId));
    expect(rows[1]?.dueAt).toEqual(rows[0]?.dueAt);
    expect(await claim(['notify'], 5)).toEqual(['2 notify']);
  });
});
