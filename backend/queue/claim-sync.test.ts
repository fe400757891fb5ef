import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { settleCustomer } from '../billing/settle-sync.ts';
import type { Orm } from '../database/database.ts';
import { asc, eq, sql } from '../database/drizzle.ts';
import { openDatabase } from '../database/open.ts';
import { customers, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { advanceClock, stopClock } from '../testing/clock.ts';
import { createMigratedDatabase } from '../testing/create-migrated-database.ts';
import { claimCustomers, releaseCustomer, requestDueSyncs } from './claim-sync.ts';
import { requestSync, requestSyncs } from './request-sync.ts';

let db: Orm;
beforeAll(async () => {
  const database = openDatabase({ url: await createMigratedDatabase('movable') });
  db = database.orm;
  await stopClock(db);
  await db.insert(users).values({ discordId: '7' });
  return () => database.close();
});
beforeEach(() => db.delete(customers));

const event = (customerId: string) => transaction(db, (tx) => requestSync(tx, { customerId, livemode: false }));
const compared = (customerIds: readonly string[], adopting = false) =>
  transaction(db, (tx) => requestSyncs(tx, customerIds, { livemode: false, adopting }));
/** One after the other, as a busy replica takes them. */
async function claimAll(): Promise<string[]> {
  const order: string[] = [];
  for (;;) {
    const [claim] = await claimCustomers(db, 1);
    if (claim === undefined) return order;
    order.push(claim.customerId);
  }
}
const claimOnly = async () => {
  const claims = await claimCustomers(db, 5);
  expect(claims).toHaveLength(1);
  const [claim] = claims;
  if (claim === undefined) throw new Error('Nothing was claimed');
  return claim;
};
const row = async () => (await db.select().from(customers))[0];

describe('requesting and claiming syncs', () => {
  it('takes events first, then due and compared customers by time, then imports', async () => {
    await compared(['cus_0_imported'], true);
    await db.insert(customers).values({ customerId: 'cus_1_due', livemode: false, nextCheckAt: sql`now()` });
    await requestDueSyncs(db);
    await advanceClock(db, 1_000);
    await compared(['cus_2_compared']);
    await advanceClock(db, 1_000);
    await event('cus_4_paid');
    await event('cus_3_paid');
    expect(await claimAll()).toEqual(['cus_3_paid', 'cus_4_paid', 'cus_1_due', 'cus_2_compared', 'cus_0_imported']);
  });

  it('takes a waiting customer first when its event arrives', async () => {
    await compared(['cus_1', 'cus_2']);
    await event('cus_2');
    expect(await claimAll()).toEqual(['cus_2', 'cus_1']);
  });

  it('keeps the place of an event and the wait after a failure when a comparison follows', async () => {
    await event('cus_2');
    await compared(['cus_1', 'cus_2']);
    expect(await claimAll()).toEqual(['cus_2', 'cus_1']);
    await db.delete(customers);
    await event('cus_1');
    await releaseCustomer(db, await claimOnly(), { retryInMs: 60_000, rejected: false });
    await compared(['cus_1']);
    expect(await claimAll()).toEqual([]);
    await advanceClock(db, 60_000);
    expect(await claimAll()).toEqual(['cus_1']);
  });

  it('requests at most 500 due syncs at once, the longest due first', async () => {
    const crowd = Array.from({ length: 501 }, (_, index) => ({
      customerId: `cus_${String(index).padStart(3, '0')}`,
      livemode: false,
      nextCheckAt: sql`now() - ${`${index} seconds`}::interval`,
    }));
    await db.insert(customers).values(crowd);
    expect(await requestDueSyncs(db)).toBe(500);
    const [left] = await db.select().from(customers).where(eq(customers.wanted, 0)).orderBy(asc(customers.customerId));
    expect(left?.customerId).toBe('cus_000');
    expect([await requestDueSyncs(db), await requestDueSyncs(db)]).toEqual([1, 0]);
  });

  it('skips a due customer that another transaction has locked', async () => {
    const due = { livemode: false, nextCheckAt: sql`now()` };
    await db.insert(customers).values([
      { customerId: 'cus_1', ...due },
      { customerId: 'cus_2', ...due },
    ]);
    await transaction(db, async (tx) => {
      await tx.select().from(customers).where(eq(customers.customerId, 'cus_1')).for('update');
      expect(await requestDueSyncs(db)).toBe(1);
    });
    expect(await requestDueSyncs(db)).toBe(1);
  });
});

describe('a sync request', () => {
  it('during a sync runs after it, and its wait counts from the end of that sync', async () => {
    await event('cus_1');
    const claim = await claimOnly();
    await event('cus_1');
    expect(await claimCustomers(db, 5)).toEqual([]);
    await advanceClock(db, 1_000);
    await settleCustomer(db, claim, { userId: 1, livemode: false, nextCheckAt: null });
    const [{ now } = { now: '' }] = (await db.execute<{ now: string }>(sql`select now()`)).rows;
    expect((await row())?.wantedAt).toEqual(new Date(now));
    const again = await claimOnly();
    expect(again.wanted).toBe(2);
    await settleCustomer(db, again, { userId: 1, livemode: false, nextCheckAt: null });
    expect(await row()).toMatchObject({ wanted: 2, done: 2, wantedAt: null });
    await advanceClock(db, 3_600_000);
    expect(await claimAll()).toEqual([]);
  });

  it('keeps its first time when it is repeated', async () => {
    await event('cus_1');
    const first = (await row())?.wantedAt;
    await advanceClock(db, 1_000);
    await event('cus_1');
    await compared(['cus_1']);
    expect(await row()).toMatchObject({ wanted: 3, wantedAt: first });
  });

  it('is due at its time, not a millisecond early', async () => {
    await db
      .insert(customers)
      .values({ customerId: 'cus_1', livemode: false, nextCheckAt: sql`now() + interval '1 hour'` });
    await advanceClock(db, 3_600_000 - 1);
    expect(await requestDueSyncs(db)).toBe(0);
    await advanceClock(db, 1);
    expect(await requestDueSyncs(db)).toBe(1);
    expect(await claimAll()).toEqual(['cus_1']);
  });
});
