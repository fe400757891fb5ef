import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { parkCustomer, settleCustomer } from '../billing/settle-sync.ts';
import type { Orm, Queryable } from '../database/database.ts';
import { sql } from '../database/drizzle.ts';
import { openDatabase } from '../database/open.ts';
import { customers, deliveries, jobs, reversals, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { park, postpone, settleMessage } from '../outbox/settle.ts';
import { parkRoles, settleRoles } from '../outbox/settle-roles.ts';
import { waitForMember } from '../outbox/waiting.ts';
import { advanceClock, stopClock } from '../testing/clock.ts';
import { createMigratedDatabase } from '../testing/create-migrated-database.ts';
import { claimDeliveries, renewDeliveries } from './claim-delivery.ts';
import { claimJob, finishJob, JobLost, releaseJob, saveJob } from './claim-job.ts';
import { claimRefunds, postponeRefund, renewRefunds, settleRefund } from './claim-refund.ts';
import { claimCustomers, releaseCustomer, renewCustomers } from './claim-sync.ts';

/** Work of one kind that several replicas compete for, and everything that an owner may do with it. */
interface Leased<Claim> {
  readonly leaseMs: number;
  readonly insert: (db: Orm) => Promise<unknown>;
  readonly rows: (db: Orm) => Promise<readonly object[]>;
  readonly claim: (db: Queryable) => Promise<readonly Claim[]>;
  readonly renew: (db: Orm, claim: Claim) => Promise<unknown>;
  /** Each ends or gives back the claim. */
  readonly ends: Readonly<Record<string, (db: Orm, claim: Claim) => Promise<unknown>>>;
}
const leased = <Claim>(each: Leased<Claim>): Leased<Claim> => each;

const verdict = { outcome: 'sent', detail: 'sent', applied: true, changed: true };
const deliveryOf = (kind: 'notify' | 'roles') => ({
  leaseMs: 6_000,
  insert: (db: Orm) => db.insert(deliveries).values({ userId: 1, kind }),
  rows: (db: Orm) => db.select().from(deliveries),
  claim: (db: Queryable) => claimDeliveries(db, [kind], 5),
  renew: (db: Orm, claim: DeliveryClaim) => renewDeliveries(db, [claim]),
});
type DeliveryClaim = Awaited<ReturnType<typeof claimDeliveries>>[number];

const KINDS = {
  message: leased<DeliveryClaim>({
    ...deliveryOf('notify'),
    ends: {
      settleMessage: (db, claim) => settleMessage(db, claim, 'sent', 'sent'),
      postpone: (db, claim) => postpone(db, claim, { retryInMs: 5, consumed: true, detail: 'busy' }),
      park: (db, claim) => park(db, claim, 'failed', 'a fault'),
      waitForMember: (db, claim) => waitForMember(db, claim, 'not here'),
    },
  }),
  roles: leased<DeliveryClaim>({
    ...deliveryOf('roles'),
    ends: {
      settleRoles: (db, claim) => settleRoles(db, claim, verdict),
      parkRoles: (db, claim) => parkRoles(db, claim, 'failed', 'a fault'),
    },
  }),
  sync: leased({
    leaseMs: 6_000,
    insert: (db) => db.insert(customers).values({ customerId: 'cus_1', livemode: false, wanted: 1 }),
    rows: (db) => db.select().from(customers),
    claim: (db) => claimCustomers(db, 5),
    renew: (db, claim) => renewCustomers(db, [claim]),
    ends: {
      settleCustomer: (db, claim) => settleCustomer(db, claim, { userId: 1, livemode: true, nextCheckAt: null }),
      parkCustomer: (db, claim) => parkCustomer(db, claim, 'no_discord_id', 'nobody'),
      releaseCustomer: (db, claim) => releaseCustomer(db, claim, { retryInMs: 5, rejected: false }),
    },
  }),
  refund: leased({
    leaseMs: 6_000,
    insert: (db) =>
      db.insert(reversals).values({
        eventId: 'evt_1',
        kind: 'refund',
        livemode: false,
        chargeId: 'ch_1',
        amount: 1,
        currency: 'eur',
        createdAt: new Date(),
      }),
    rows: (db) => db.select().from(reversals),
    claim: (db) => claimRefunds(db, 5),
    renew: (db, claim) => renewRefunds(db, [claim]),
    ends: {
      settleRefund: (db, claim) => settleRefund(db, claim, { state: 'done', outcome: 'shown', detail: '' }),
      postponeRefund: (db, claim) => postponeRefund(db, claim, { retryInMs: 5, detail: 'busy', rejected: false }),
    },
  }),
  job: leased({
    leaseMs: 60_000,
    insert: (db) => db.insert(jobs).values({ name: 'prune', dueAt: sql`now()` }),
    rows: (db) => db.select().from(jobs),
    claim: async (db) => [await claimJob(db, 'prune', 'due')].filter((claim) => claim !== undefined),
    renew: (db, claim) => saveJob(db, claim, { page: 1 }),
    ends: {
      finishJob: (db, claim) => finishJob(db, claim, { everyMs: 5, outcome: 'done', alert: false }),
      releaseJob: (db, claim) => releaseJob(db, claim, 5),
    },
  }),
};

let db: Orm;
beforeAll(async () => {
  const database = openDatabase({ url: await createMigratedDatabase('movable') });
  db = database.orm;
  await stopClock(db);
  return () => database.close();
});
beforeEach(async () => {
  await db.execute(sql`truncate users, customers, deliveries, reversals, jobs restart identity cascade`);
  await db.insert(users).values({ discordId: '1', revision: 1 });
});

// The table pairs each claim with its own functions, which its type cannot express for a union.
const entries = Object.entries(KINDS) as unknown as readonly (readonly [string, Leased<unknown>])[];
/** A job is claimed and renewed by one update of its row, which waits; nothing is behind it. */
const ofManyRows = entries.filter(([name]) => name !== 'job');

async function claimOne(claim: Leased<unknown>['claim'], on: Queryable = db): Promise<unknown> {
  const claims = await claim(on);
  expect(claims).toHaveLength(1);
  return claims[0];
}

describe.each(entries)('the lease of a %s', (_name, { leaseMs, insert, rows, claim, renew, ends }) => {
  it('lasts for its full time and then goes to the next owner', async () => {
    await insert(db);
    await claimOne(claim);
    await advanceClock(db, leaseMs - 1);
    expect(await claim(db)).toEqual([]);
    await advanceClock(db, 1);
    await claimOne(claim);
    expect(await claim(db)).toEqual([]);
  });

  it('is renewed by its owner for its full time', async () => {
    await insert(db);
    const own = await claimOne(claim);
    await advanceClock(db, leaseMs - 1);
    await renew(db, own);
    await advanceClock(db, leaseMs - 1);
    expect(await claim(db)).toEqual([]);
    await advanceClock(db, 1);
    await claimOne(claim);
  });

  it('is neither renewed nor ended by a former owner', async () => {
    await insert(db);
    const lost = await claimOne(claim);
    await advanceClock(db, leaseMs);
    const own = await claimOne(claim);
    const before = await rows(db);
    await advanceClock(db, 1);
    for (const action of [renew, ...Object.values(ends)]) {
      await action(db, lost).catch((error: unknown) => expect(error).toBeInstanceOf(JobLost));
      expect(await rows(db)).toEqual(before);
    }
    await renew(db, own);
    expect(await rows(db)).not.toEqual(before);
  });

  it.each(Object.entries(ends))('ends with %s', async (_end, end) => {
    await insert(db);
    await end(db, await claimOne(claim));
    expect(await rows(db)).toMatchObject([{ leaseUntil: null }]);
  });
});

it('a finished job rejects a save by its former owner', async () => {
  await db.insert(jobs).values({ name: 'prune', dueAt: sql`now()` });
  const claim = await claimJob(db, 'prune', 'due');
  if (claim === undefined) throw new Error('not claimed');
  await finishJob(db, claim, { everyMs: 5, outcome: 'done', alert: false });
  await expect(saveJob(db, claim, { page: 2 })).rejects.toBeInstanceOf(JobLost);
  expect(await db.select().from(jobs)).toMatchObject([{ state: null, leaseUntil: null, outcome: 'done' }]);
});

describe.each(
  entries.flatMap(([name, kind]) =>
    Object.keys(kind.ends)
      .filter((end) => /^(?:release|postpone)/.test(end))
      .map((end) => [name, end, kind] as const),
  ),
)('a %s after %s', (_name, end, { insert, claim, ends }) => {
  it('waits exactly five milliseconds', async () => {
    await insert(db);
    await ends[end]?.(db, await claimOne(claim));
    await advanceClock(db, 4);
    expect(await claim(db)).toEqual([]);
    await advanceClock(db, 1);
    await claimOne(claim);
  });
});

describe.each(ofManyRows)('the row of a %s', (_name, { insert, rows, claim, renew, ends }) => {
  it('goes to one of two simultaneous claims, and neither waits', async () => {
    await insert(db);
    await transaction(db, async (tx) => {
      await claimOne(claim, tx);
      expect(await claim(db)).toEqual([]);
    });
    expect(await claim(db)).toEqual([]);
  });

  it('is not renewed while it is locked or after its end, and the renewal does not wait', async () => {
    await insert(db);
    const own = await claimOne(claim);
    const before = await rows(db);
    await advanceClock(db, 1);
    await transaction(db, async (tx) => {
      await tx.execute(sql`select from deliveries for update`);
      await tx.execute(sql`select from customers for update`);
      await tx.execute(sql`select from reversals for update`);
      await renew(db, own);
    });
    expect(await rows(db)).toEqual(before);
    await Object.values(ends)[0]?.(db, own);
    const ended = await rows(db);
    expect(ended).not.toEqual(before);
    await renew(db, own);
    expect(await rows(db)).toEqual(ended);
  });
});

describe('postponed work', () => {
  const at = (minutes: number) => sql`now() + ${`${minutes} minutes`}::interval`;

  it.each([
    [0, 1],
    [1, 0],
  ])('is claimed only when it is due: %i ms early, %i claimed', async (early, claimed) => {
    await db.insert(deliveries).values({ userId: 1, kind: 'notify', dueAt: at(1) });
    await db.insert(reversals).values({
      eventId: 'evt_1',
      kind: 'refund',
      livemode: false,
      chargeId: 'ch_1',
      amount: 1,
      currency: 'eur',
      createdAt: new Date(),
      dueAt: at(1),
    });
    await db.insert(customers).values({ customerId: 'cus_1', livemode: false, wanted: 1, retryAt: at(1) });
    await db.insert(jobs).values({ name: 'prune', dueAt: at(1) });
    await advanceClock(db, 60_000 - early);
    expect([
      (await claimDeliveries(db, ['notify'], 5)).length,
      (await claimRefunds(db, 5)).length,
      (await claimCustomers(db, 5)).length,
      [await claimJob(db, 'prune', 'due')].filter((claim) => claim !== undefined).length,
    ]).toEqual([claimed, claimed, claimed, claimed]);
  });
});
