import timers from 'node:timers/promises';
import { createLogger } from '@moddy/runtime/log';
import { replacePauses } from '@moddy/runtime/testing/replace-pauses';
import type { SandboxStripe } from '@moddy/sandbox/stripe/sandbox-stripe';
import type Stripe from 'stripe';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import type { Orm } from '../database/database.ts';
import { and, eq, gt, isNotNull, sql } from '../database/drizzle.ts';
import { openDatabase } from '../database/open.ts';
import { accountDifferences, customers, deliveries, jobs, subscriptions, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { createPlans } from '../plans.ts';
import { claimJob, type JobClaim, JobLost } from '../queue/claim-job.ts';
import {
  type AnsweringStripe,
  InTurn,
  listOf,
  StripeFault,
  startAnsweringStripe,
} from '../testing/answering-stripe.ts';
import { stopClock } from '../testing/clock.ts';
import { emptyTables } from '../testing/empty-tables.ts';
import { lockAwaited } from '../testing/held-user.ts';
import { operatorDeps } from '../testing/operator-deps.ts';
import { PLAN_PRICES, startTestBackend } from '../testing/start-test-backend.ts';
import { stripeSubscription } from '../testing/stripe-subscription.ts';
import { withoutIndexes } from '../testing/without-indexes.ts';
import { sweepRoles, tooMany } from './audit-roles.ts';
import { compareAccount, compareDry } from './compare-account.ts';
import { comparePage, type Difference, findDifferences } from './compare-page.ts';
import { countChanges } from './count-changes.ts';
import { importAccount } from './import-account.ts';
import { reconcileJob } from './reconcile.ts';

/* Which rows a comparison reads and touches, among rows that differ from them in one thing each; and where it stops. */

const PRO = 'price_moddy_pro_month';
const MAX = 'price_moddy_max_month';
const plans = createPlans(new Map(Object.entries(PLAN_PRICES)));
let db: Orm;
let stripe: SandboxStripe;
/** Another Stripe, which answers with pages that the sandbox never makes. */
let answering: AnsweringStripe;
/** The pauses of an import, unless it is undefined. */
let pause: ((ms: number) => Promise<void>) | undefined;
const realPause = timers.setTimeout;
replacePauses((ms, ...args) => (pause ?? realPause<undefined>)(ms, ...(args as [])));
let deps: Parameters<typeof compareAccount>[0];
let now: Date;
const ago = (ms: number) => new Date(now.getTime() - ms);
/** Stripe lists nothing, and no service runs. */
beforeAll(async () => {
  let end = async () => {};
  const set = (cleanUp: () => Promise<void>) => {
    end = cleanUp;
  };
  const system = await startTestBackend({}, set, 'movable');
  stripe = system.stripe;
  await system.backend.stop();
  const database = openDatabase({ url: await withoutIndexes(system.databaseUrl) });
  db = database.orm;
  await stopClock(db);
  answering = await startAnsweringStripe();
  const { rows } = await db.execute<{ ms: string }>(sql`select extract(epoch from now()) * 1000 as ms`);
  now = new Date(Number(rows[0]?.ms));
  deps = { ...operatorDeps(system), db, now: () => now };
  return async () => {
    await database.close();
    await answering.close();
    await end();
  };
});
beforeEach(async () => {
  pause = undefined;
  await emptyTables(db);
});

const claimed = async (name: 'reconcile' | 'import' = 'reconcile'): Promise<JobClaim> => {
  const claim = await claimJob(db, name, 'now');
  if (claim === undefined) throw new Error('not claimed');
  return claim;
};
const OPTIONS = { force: false, everyMs: 1_000 };
const KEPT = {
  status: 'active',
  priceId: PRO,
  plan: 'moddy_pro',
  interval: 'month',
  intervalCount: 1,
  currentPeriodEnd: new Date(2_000_000),
  cancelAtPeriodEnd: false,
  createdAt: new Date(0),
};
/** So many subscribers of whom Stripe knows nothing any more, and users beside them. */
const subscribers = async (count: number, known = count) => {
  const ids = Array.from({ length: known }, (_, index) => index + 1);
  await db.insert(users).values(
    ids.map((id) => ({
      discordId: String(id),
      ...(id <= count ? { plan: 'moddy_pro', subscriptionId: `sub_${id}`, interval: 'month', intervalCount: 1 } : {}),
    })),
  );
  const paying = ids.slice(0, count);
  await db.insert(customers).values(paying.map((id) => ({ customerId: `cus_${id}`, userId: id, livemode: false })));
  await db
    .insert(subscriptions)
    .values(paying.map((id) => ({ ...KEPT, subscriptionId: `sub_${id}`, customerId: `cus_${id}` })));
};

describe('a comparison with an empty account', () => {
  it('finds live subscriptions older than its start, except those without a user, and requests syncs', async () => {
    const combined = ['active', 'past_due', 'canceled', 'incomplete_expired'].flatMap((status) =>
      [null, ago(1), now, ago(-1)].flatMap((seenAt) =>
        [ago(1), now, ago(-1)].flatMap((createdAt) =>
          [null, 'unknown_price', 'no_discord_id'].map((parkedReason) => ({ status, seenAt, createdAt, parkedReason })),
        ),
      ),
    );
    const named = combined.map((each, index) => ({ ...each, id: String(index).padStart(3, '0') }));
    await db
      .insert(customers)
      .values(named.map(({ id, parkedReason }) => ({ customerId: `cus_${id}`, parkedReason, livemode: false })));
    await db.insert(subscriptions).values(
      named.map(({ id, status, seenAt, createdAt }) => ({
        ...KEPT,
        status,
        seenAt,
        createdAt,
        subscriptionId: `sub_${id}`,
        customerId: `cus_${id}`,
      })),
    );
    const expected = named
      .filter(
        ({ status, seenAt, createdAt, parkedReason }) =>
          (status === 'active' || status === 'past_due') &&
          (seenAt === null || seenAt < now) &&
          createdAt < now &&
          parkedReason !== 'no_discord_id',
      )
      .map(({ id }) => `cus_${id}`);
    const found: Difference[] = [];
    const options = { ...OPTIONS, force: true, onDifference: (difference: Difference) => void found.push(difference) };
    const compared = await compareAccount(deps, await claimed(), options);
    expect(found.map(({ customerId }) => customerId)).toEqual(expected);
    expect(found[0]).toMatchObject({ kind: 'unlisted', detail: 'active here, not listed by Stripe', listed: null });
    expect(compared).toMatchObject({
      listed: 0,
      differences: expected.length,
      customers: expected.length,
      parked: named.filter(({ parkedReason }) => parkedReason !== null).length,
      stopped: null,
    });
    const wanted = await db.select().from(customers).where(sql`${customers.wanted} > 0`).orderBy(customers.customerId);
    expect(wanted.map(({ customerId }) => customerId)).toEqual(expected);
    expect(wanted[0]).toMatchObject({ wanted: 1, retryAt: now, adopting: false });
    expect(await db.$count(accountDifferences)).toBe(0);
    expect(await db.select().from(jobs)).toMatchObject([
      {
        outcome: `0 subscriptions listed, ${expected.length} differences`,
        alert: false,
        state: null,
        dueAt: ago(-1_000),
      },
    ]);
  });

  it('finds 1,100 differences, each once', async () => {
    await db.insert(customers).values({ customerId: 'cus_1', livemode: false });
    // The newest comes first, as it was not asked otherwise.
    const ids = Array.from({ length: 1_100 }, (_, index) => `sub_${9_999 - index}`);
    await db
      .insert(subscriptions)
      .values(ids.map((subscriptionId) => ({ ...KEPT, subscriptionId, customerId: 'cus_1' })));
    expect(await compareDry(deps, 'reconcile', OPTIONS)).toMatchObject({ differences: 1_100, customers: 1 });
    const claim = await claimed();
    const killed = () => {
      throw new Error('killed');
    };
    await expect(compareAccount({ ...deps, now: killed }, claim, OPTIONS)).rejects.toThrow('killed');
    const [job] = await db.select().from(jobs);
    expect(job?.state).toEqual({ step: 'decide', cursor: null, listed: 0 });
    const { rows } = await db.execute(
      sql`select count(*)::integer as count from account_differences group by xmin order by count desc`,
    );
    expect(rows.map(({ count }) => count)).toEqual([1_000, 100]);
    const resumed = await compareAccount(deps, { ...claim, state: job?.state }, OPTIONS);
    expect(resumed).toMatchObject({ differences: 1_100, customers: 1 });
  });

  it('prints differences by their customers, without a change too', async () => {
    await subscribers(3);
    await db.insert(subscriptions).values({ ...KEPT, subscriptionId: 'sub_9', customerId: 'cus_1' });
    await db.update(subscriptions).set({ updatedAt: now }).where(eq(subscriptions.subscriptionId, 'sub_1'));
    const found: string[] = [];
    await compareDry(deps, 'reconcile', { force: false, onDifference: (each) => void found.push(each.subscriptionId) });
    expect(found).toEqual(['sub_1', 'sub_9', 'sub_2', 'sub_3']);
  });

  it('requests syncs of 500 customers per transaction', async () => {
    await subscribers(1_100);
    await compareAccount(deps, await claimed(), { ...OPTIONS, force: true });
    const { rows } = await db.execute(
      sql`select count(*)::integer as count from customers where wanted > 0 group by xmin order by count desc`,
    );
    expect(rows.map(({ count }) => count)).toEqual([500, 500, 100]);
  });

  it.each([
    [20, 20, false],
    [21, 21, true],
    [21, 419, true],
    [21, 420, false],
  ])('that would change %i of %i users stops: %s', async (changed, known, stops) => {
    await subscribers(changed, known);
    for (const name of ['reconcile', 'import'] as const) {
      const dry = await compareDry(deps, name, OPTIONS);
      expect(dry).toMatchObject({ plansReplaced: changed, entitlementsChanged: changed, knownUsers: known });
      expect(dry.stopped !== null).toBe(stops);
      expect((await compareDry(deps, name, { ...OPTIONS, force: true })).stopped).toBeNull();
    }
    expect(await db.$count(jobs)).toBe(0);
    const logged: object[] = [];
    const log = createLogger('info', 'test', { write: (line) => void logged.push(JSON.parse(line)) });
    expect((await compareAccount({ ...deps, log }, await claimed(), OPTIONS)).stopped !== null).toBe(stops);
    expect(logged).toMatchObject([
      stops
        ? { level: 'error', message: 'the comparison with Stripe stopped', name: 'reconcile' }
        : { level: 'info', message: 'compared with Stripe', name: 'reconcile', count: changed },
    ]);
    expect(await db.select().from(jobs)).toMatchObject([{ alert: stops }]);
    expect(await db.$count(accountDifferences)).toBe(0);
    expect(await db.$count(customers, sql`${customers.wanted} > 0`)).toBe(stops ? 0 : changed);
  });

  it.each<readonly [string, unknown, number, number, boolean]>([
    ['the step apply', { step: 'apply', cursor: null, listed: 5 }, 5, 22, false],
    ['the step apply after a subscription', { step: 'apply', cursor: 'sub_1', listed: 5 }, 5, 22, false],
    ['the step decide', { step: 'decide', cursor: null, listed: 5 }, 5, 22, true],
    ['the step list', { step: 'list', cursor: null, listed: 5 }, 5, 22, true],
    ['the step list after a subscription that is gone', { step: 'list', cursor: 'sub_1', listed: 5 }, 0, 22, true],
    ['the step unlisted', { step: 'unlisted', cursor: null, listed: 5 }, 5, 22, true],
    ['an unknown step', { step: 'other', cursor: null, listed: 5 }, 0, 21, true],
    ['no count in the state', { step: 'apply', cursor: null }, 0, 21, true],
    ['an invalid cursor', { step: 'apply', cursor: 5, listed: 5 }, 0, 21, true],
    ['no state', null, 0, 21, true],
    ['an invalid state', 'apply', 0, 21, true],
  ])('continues with %s or restarts', async (_name, state, listed, differences, stops) => {
    await subscribers(21);
    const claim = await claimed();
    await db.insert(accountDifferences).values(
      // One more than there are subscribers: a comparison that begins anew does not find it again.
      Array.from({ length: 22 }, (_, index) => ({
        job: 'reconcile',
        customerId: `cus_${22 - index}`,
        subscriptionId: `sub_${22 - index}`,
        kind: 'unlisted' as const,
        detail: '',
        listed: null,
      })),
    );
    const found: string[] = [];
    const onDifference = (each: Difference) => void found.push(each.customerId);
    const compared = await compareAccount(deps, { ...claim, state }, { ...OPTIONS, onDifference });
    expect(found).toEqual(found.toSorted());
    expect([compared.listed, compared.differences, compared.stopped !== null]).toEqual([listed, differences, stops]);
  });

  it('requests silent adoption in an import, and writes nothing after another worker takes over', async () => {
    await subscribers(2);
    const lost = await claimed('import');
    await db.update(jobs).set({ fence: 9 });
    const difference = {
      customerId: 'cus_1',
      subscriptionId: 'sub_1',
      kind: 'unlisted' as const,
      detail: '',
      listed: null,
    };
    await db.insert(jobs).values({ name: 'reconcile', dueAt: now });
    await db.insert(accountDifferences).values(['import', 'reconcile'].map((job) => ({ ...difference, job })));
    await expect(compareAccount(deps, lost, OPTIONS)).rejects.toBeInstanceOf(JobLost);
    expect(await db.$count(accountDifferences)).toBe(2);
    expect(await db.$count(customers, sql`${customers.wanted} > 0`)).toBe(0);
    await compareAccount(deps, { ...lost, fence: 9 }, OPTIONS);
    expect(await db.select().from(customers)).toMatchObject([{ adopting: true }, { adopting: true }]);
    // Those of the other comparison are left.
    expect(await db.select().from(accountDifferences)).toMatchObject([{ job: 'reconcile' }]);
  });
});

/** Stripe lists these pages one after the other, and then answers 400. */
const pagesOfStripe = (...pages: (object | StripeFault)[]) => {
  const end = new StripeFault(400, { message: 'no page is left' });
  answering.answers = { 'GET /v1/subscriptions': new InTurn(...pages, end) };
  return { ...deps, stripe: answering.sdk };
};

describe('a list of Stripe', () => {
  const listed = (id: number) => ({ id: `sub_${id}`, metadata: {}, items: { data: [] } });

  it('lacks a subscription whose id comes before that of the last listed one', async () => {
    await subscribers(2);
    const of = pagesOfStripe(listOf([stripeSubscription({ id: 'sub_2', customer: 'cus_2' }, PRO)]));
    expect(await compareAccount(of, await claimed(), OPTIONS)).toMatchObject({ listed: 1, differences: 1 });
  });

  it('ends with an empty page, whatever Stripe says', async () => {
    const of = pagesOfStripe({ ...listOf([]), has_more: true });
    expect(await compareAccount(of, await claimed(), OPTIONS)).toMatchObject({ listed: 0 });
  });

  it('that is missing as a whole fails', async () => {
    const fault = new StripeFault(404, { type: 'invalid_request_error', code: 'resource_missing', message: 'missing' });
    await expect(compareAccount(pagesOfStripe(fault, listOf([])), await claimed(), OPTIONS)).rejects.toThrow('missing');
  });

  it('is compared daily, with a line for every 5,000 subscriptions', async () => {
    const ids = Array.from({ length: 10_001 }, (_, id) => id);
    const pages = [ids.slice(0, 4_999), ids.slice(4_999, 5_000), ids.slice(5_000, 9_999), ids.slice(9_999)];
    const of = pagesOfStripe(
      ...pages.map((page, at) => ({ ...listOf(page.map(listed)), has_more: at < pages.length - 1 })),
    );
    const lines: Record<string, unknown>[] = [];
    const log = createLogger('info', 'test', { write: (line) => void lines.push(JSON.parse(line)) });
    await reconcileJob({ ...of, log }).run(await claimed(), deps.signal);
    expect(lines.map(({ message, count }) => [message, count])).toEqual([
      ['comparing with Stripe', 5_000],
      ['comparing with Stripe', 10_001],
      ['compared with Stripe', 0],
    ]);
    expect(await db.select().from(jobs)).toMatchObject([{ dueAt: ago(-24 * 3_600_000) }]);
  });
});

describe('an import', () => {
  const run = (more: object = {}, signal = deps.signal) =>
    importAccount({ ...deps, signal }, { dry: false, force: false, onProgress: () => {}, ...more });
  /** Customers that an interrupted import left, and that Stripe does not know. */
  const left = (count: number, set: Partial<typeof customers.$inferInsert> = {}) =>
    db.insert(customers).values(
      Array.from({ length: count }, (_, index) => ({
        ...{ customerId: `cus_left_${index}`, livemode: false, adopting: true, wanted: 1, ...set },
      })),
    );
  const synced = () => db.$count(customers, and(eq(customers.adopting, true), gt(customers.done, 0)));
  /** Stripe's answers to syncs come when the faults are cleared. */
  const held = () => {
    stripe.fail({ effect: 'late', path: '/v1/', method: 'GET', after: 1 });
    onTestFinished(() => stripe.faults.clear());
    const before = stripe.requests.length + 1;
    return (count: number) => stripe.changes.until(() => stripe.requests.length - before >= count);
  };

  it.each([
    ['that is dry syncs none', 0, true, 0],
    ['that stops syncs none', 21, false, 0],
    ['syncs all', 0, false, 1],
  ])('%s of the customers that an interrupted one left', async (_name, changed, dry, expected) => {
    if (changed > 0) await subscribers(changed);
    await left(1);
    expect(await run({ dry })).toMatchObject({ waiting: 0, comparison: { differences: changed } });
    expect(await synced()).toBe(expected);
    const dueAt = ago(-365 * 24 * 3_600_000);
    expect(await db.select().from(jobs)).toMatchObject(dry ? [] : [{ name: 'import', dueAt }]);
  });

  it('syncs eight customers at once', async () => {
    await left(9);
    const asked = held();
    const importing = run();
    await asked(8);
    expect(await db.$count(customers, isNotNull(customers.leaseUntil))).toBe(8);
    stripe.faults.clear();
    expect(await importing).toMatchObject({ waiting: 0 });
    expect(await synced()).toBe(9);
  });

  it('finishes the syncs that it has begun when it is stopped', async () => {
    await left(1);
    const asked = held();
    const stopping = new AbortController();
    pause = async () => {
      await asked(1);
      stopping.abort();
    };
    const order: string[] = [];
    const stopped = Promise.withResolvers<void>();
    const importing = run({ onProgress: stopped.resolve }, stopping.signal).then(() => order.push('ended'));
    await stopped.promise;
    expect(await synced()).toBe(0);
    order.push('answered');
    stripe.faults.clear();
    await importing;
    expect(order).toEqual(['answered', 'ended']);
    expect(await synced()).toBe(1);
  });

  it('gives up after a minute in which nothing moved', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    await left(2, { retryAt: ago(-1) });
    const start = Date.now();
    const moments = [59_999, 60_000, 119_998, 119_999];
    const stopping = new AbortController();
    const pauses: number[] = [];
    pause = async (ms) => {
      vi.setSystemTime(start + (moments[pauses.length] ?? 0));
      if (pauses.length === moments.length) stopping.abort();
      pauses.push(ms);
      // Moves in the first pause alone.
      await db.delete(customers).where(eq(customers.customerId, 'cus_left_1'));
    };
    expect(await run({}, stopping.signal)).toMatchObject({ waiting: 1 });
    expect(pauses).toEqual([200, 200, 200, 200]);
  });
});

describe('a page of Stripe', () => {
  const of = (id: string, more: object = {}, price = PRO) =>
    stripeSubscription({ id, customer: id.replace('sub', 'cus'), ...more }, price);
  const listed = { plans, products: new Set<string>(), complete: true };
  beforeEach(async () => {
    await db.insert(customers).values(
      [
        ['cus_1', null],
        ['cus_2', 'unknown_price'],
        ['cus_3', 'no_discord_id'],
      ].map(([customerId, parkedReason]) => ({ customerId: customerId ?? '', parkedReason, livemode: false })),
    );
    await db
      .insert(subscriptions)
      .values(['1', '2', '3'].map((id) => ({ ...KEPT, subscriptionId: `sub_${id}`, customerId: `cus_${id}` })));
  });

  it.each<readonly [string, Stripe.Subscription, readonly string[] | null]>([
    ['nothing', of('sub_1'), null],
    ['a status', of('sub_1', { status: 'past_due' }), ['changed', 'status active → past_due']],
    ['a price and its plan', of('sub_1', {}, MAX), ['changed', `price ${PRO} → ${MAX}, plan moddy_pro → moddy_max`]],
    ['an end', of('sub_1', { cancel_at_period_end: true }), ['changed', 'cancels at period end false → true']],
    ['a status if parked for its price', of('sub_2', { status: 'unpaid' }), ['changed', 'status active → unpaid']],
    ['nothing if parked without a user', of('sub_3', { status: 'unpaid' }), null],
    ['a new customer', of('sub_9'), ['unknown_customer', 'active, moddy_pro']],
    ['a new subscription', of('sub_8', { customer: 'cus_1' }), ['unknown_subscription', 'active, moddy_pro']],
    ['nothing for a new ended one', of('sub_9', { status: 'canceled' }), null],
    ['nothing for a foreign one', of('sub_9', {}, 'price_mug'), null],
    [
      'a subscription that only its metadata makes ours',
      of('sub_9', { metadata: { discord_id: '7' } }, 'price_mug'),
      ['unknown_customer', 'active, price_mug'],
    ],
  ])('differs by %s', async (_name, subscription, expected) => {
    const found = await findDifferences(db, 'reconcile', [subscription], listed);
    expect(found.map(({ kind, detail }) => [kind, detail])).toEqual(expected === null ? [] : [expected]);
    if (expected !== null) {
      expect(found[0]?.listed).toMatchObject({
        status: subscription.status,
        currentPeriodEnd: new Date(2_000_000).toISOString(),
        currentPeriodStart: new Date(1_000_000).toISOString(),
      });
    }
  });

  it.each([
    ['interval', { interval: 'year' }, 'interval 1 year → 1 month'],
    ['count', { intervalCount: 3 }, 'interval 3 month → 1 month'],
    ['count, unless stored by an older version', { intervalCount: null }, null],
    ['interval where none is stored', { interval: null, intervalCount: null }, 'interval none → 1 month'],
    ['period', { currentPeriodEnd: null }, 'period end none → 1970-01-01T00:33:20.000Z'],
  ])('differs by its %s', async (_name, stored, detail) => {
    await db.update(subscriptions).set(stored);
    const found = await findDifferences(db, 'reconcile', [of('sub_1')], listed);
    expect(found.map((each) => each.detail)).toEqual(detail === null ? [] : [detail]);
  });

  it('locks its subscriptions by their ids, as a sync does', async () => {
    await db.insert(jobs).values({ name: 'reconcile', dueAt: now });
    const named = (id: string) => eq(subscriptions.subscriptionId, id);
    // The last row of the table is read last, unless its id decides.
    await db.update(subscriptions).set({ updatedAt: now }).where(named('sub_1'));
    let comparing: Promise<unknown> | undefined;
    await transaction(db, async (tx) => {
      await tx.select().from(subscriptions).where(named('sub_1')).for('update');
      comparing = transaction(db, (other) => comparePage(other, 'reconcile', [of('sub_3'), of('sub_1')], listed));
      await lockAwaited(db);
      const free = tx.select().from(subscriptions).where(named('sub_3')).for('update', { skipLocked: true });
      expect(await free).toHaveLength(1);
    });
    await comparing;
  });

  it('stores the latest difference once and marks only the listed subscriptions as seen', async () => {
    const note = (...page: Stripe.Subscription[]) =>
      transaction(db, async (tx) => comparePage(tx, 'reconcile', page, listed));
    await db.insert(jobs).values({ name: 'reconcile', dueAt: now });
    await note();
    await note(of('sub_1', { status: 'past_due' }));
    await note(of('sub_1', { status: 'unpaid' }), of('sub_9'));
    const noted = await db.select().from(accountDifferences).orderBy(accountDifferences.subscriptionId);
    expect(noted).toMatchObject([
      { detail: 'status active → unpaid', listed: { status: 'unpaid' } },
      { kind: 'unknown_customer' },
    ]);
    const seen = await db.select().from(subscriptions).orderBy(subscriptions.subscriptionId);
    expect(seen.map(({ seenAt }) => seenAt)).toEqual([now, null, null]);
  });
});

describe('counting changes', () => {
  const LISTED = {
    status: 'active',
    priceId: PRO,
    interval: 'month',
    currentPeriodStart: new Date(0).toISOString(),
    currentPeriodEnd: new Date(4e12).toISOString(),
    cancelAtPeriodEnd: false,
  };
  const difference = (id: number, listed: object | null, subscriptionId = `sub_${id}`): Difference => ({
    job: 'reconcile',
    customerId: `cus_${id}`,
    subscriptionId,
    kind: 'changed',
    detail: '',
    listed: listed && { ...LISTED, ...listed },
  });
  const count = (...found: Difference[]) => countWith(plans, found);
  const countWith = async (listed: typeof plans, found: readonly Difference[]) => {
    const chunks: unknown[] = [];
    const onChunk = async () => void chunks.push(0);
    const { plansReplaced, entitlementsChanged, knownUsers } = await countChanges(db, found, {
      rules: { plans: listed, pastDueGraceMs: 0 },
      livemode: false,
      now,
      onChunk,
    });
    return [plansReplaced, entitlementsChanged, knownUsers, chunks.length];
  };
  it.each<readonly [string, readonly Difference[], readonly number[]]>([
    ['nothing', [], [0, 0, 2, 0]],
    ['an end', [difference(1, null)], [1, 1, 2, 1]],
    ['another plan', [difference(1, { priceId: MAX })], [1, 1, 2, 1]],
    ['a plan from Stripe', [difference(1, { plan: 'moddy_max' })], [1, 1, 2, 1]],
    ['another interval', [difference(1, { interval: 'year' })], [0, 1, 2, 1]],
    ['another interval count', [difference(1, { intervalCount: 3 })], [0, 1, 2, 1]],
    ['another period', [difference(1, { currentPeriodEnd: null })], [0, 0, 2, 1]],
    ['an end beside another subscription', [difference(1, null), difference(1, {}, 'sub_other')], [0, 0, 2, 1]],
    ['a new subscription of an unknown user', [difference(9, {})], [0, 1, 2, 0]],
    ['an unpaid one of an unknown user', [difference(9, { status: 'unpaid' })], [0, 0, 2, 0]],
    ['both users', [difference(1, null), difference(2, null)], [2, 2, 2, 1]],
  ])('counts %s', async (_name, found, expected) => {
    await subscribers(2);
    expect(await count(...found)).toEqual(expected);
  });

  it('counts 500 users at a time', async () => {
    await subscribers(501);
    expect(await count(...Array.from({ length: 501 }, (_, index) => difference(index + 1, null)))).toEqual([
      501, 501, 501, 2,
    ]);
  });

  it('counts nothing without a listed plan, as every sync is parked then', async () => {
    await subscribers(2);
    expect(await countWith(createPlans(new Map()), [difference(1, null), difference(2, null)])).toEqual([0, 0, 2, 0]);
  });

  it('ignores subscriptions of the other mode and of a customer without a user', async () => {
    await subscribers(2);
    await db.insert(customers).values([
      { customerId: 'cus_live', userId: 1, livemode: true },
      { customerId: 'cus_nobody', livemode: false },
    ]);
    await db.insert(subscriptions).values({ ...KEPT, subscriptionId: 'sub_live', customerId: 'cus_live' });
    expect(await count(difference(1, null))).toEqual([1, 1, 2, 1]);
    await db.update(customers).set({ livemode: false }).where(eq(customers.customerId, 'cus_live'));
    expect(await count(difference(1, null))).toEqual([0, 0, 2, 1]);
    expect(await count({ ...difference(3, {}), customerId: 'cus_nobody' })).toEqual([0, 1, 2, 0]);
  });
});

describe('holders of a role', () => {
  const holders = (count: number, administrator = false) =>
    Array.from({ length: count }, (_, index) => ({ discordId: String(index + 1), roles: ['5'], administrator }));
  it.each([
    [20, 20, false],
    [21, 21, true],
    [21, 419, true],
    [21, 420, false],
  ])('%i of %i are too many: %s', (unpaid, all, expected) => {
    expect(tooMany({ holders: all, unpaid: holders(unpaid) }) !== undefined).toBe(expected);
    expect(tooMany({ holders: all, unpaid: holders(unpaid, true) })).toBeUndefined();
  });
  it('keep their role as administrators', async () => {
    const unpaid = [...holders(2), { discordId: '9', roles: ['5'], administrator: true }];
    expect(await sweepRoles(db, unpaid, new AbortController().signal)).toBe(2);
    expect(await db.select().from(deliveries)).toMatchObject([
      { userId: 1, kind: 'roles', priority: 10 },
      { userId: 2, kind: 'roles', priority: 10 },
    ]);
    expect(await db.$count(users)).toBe(2);
  });
});
