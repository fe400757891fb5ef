import { createLogger } from '@moddy/runtime/log';
import { price, product } from '@moddy/sandbox/stripe/objects/price';
import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { LEFT_OVER } from '../billing/ownership.ts';
import type { Orm } from '../database/database.ts';
import { eq, sql } from '../database/drizzle.ts';
import { openDatabase } from '../database/open.ts';
import { customers, reversals, subscriptions } from '../database/schema.ts';
import { createPlans } from '../plans.ts';
import { claimRefunds, type RefundClaim } from '../queue/claim-refund.ts';
import { advanceClock, stopClock } from '../testing/clock.ts';
import { emptyTables } from '../testing/empty-tables.ts';
import { eventually } from '../testing/eventually.ts';
import { operatorDeps } from '../testing/operator-deps.ts';
import { startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';
import { followRefund } from './follow-refund.ts';
import { createFollower } from './follower.ts';

type Reversal = typeof reversals.$inferInsert;
type Kind = Reversal['kind'];

let system: TestBackend;
let db: Orm;
/** Nobody follows anything but the test. */
beforeAll(async () => {
  let end = async () => {};
  system = await startTestBackend({}, (cleanUp) => {
    end = cleanUp;
  });
  await system.backend.stop();
  system.stripe.setWebhooks([]);
  const database = openDatabase({ url: system.databaseUrl });
  db = database.orm;
  return async () => {
    await database.close();
    await end();
  };
});
beforeEach(() => emptyTables(db));

const ledger = () => system.stripe.books.named('test').ledger;
const newestPayment = () => {
  const [charge] = ledger().charges.newest();
  if (charge === undefined) throw new Error('Nothing was paid');
  return { charge, paymentIntentId: typeof charge.payment_intent === 'string' ? charge.payment_intent : null };
};
let lastId = 700;
/** A user who has paid for a month. */
const subscribe = () => {
  lastId += 1;
  const { subscription, customer } = system.stripe.subscribe({
    discordId: String(lastId),
    price: 'price_moddy_max_month',
  });
  const status = () => ledger().subscriptions.get(subscription)?.status;
  return { subscription, customer, status, ...newestPayment() };
};
const CREATED = new Date(1_750_000_000_000);
const insert = async (values: Partial<Reversal> & Pick<Reversal, 'kind' | 'chargeId'>) => {
  const eventId = `evt_${await db.$count(reversals)}`;
  const common = { eventId, livemode: false, amount: 999, currency: 'eur', createdAt: CREATED };
  await db.insert(reversals).values({ ...common, ...values });
};
const logged: Record<string, unknown>[] = [];
const log = createLogger('debug', 'test', { write: (line: string) => void logged.push(JSON.parse(line)) });
const policyOf = (name: 'none' | 'cancel', now = system.stripe.nowMs()) => ({
  ...operatorDeps(system),
  db,
  log,
  policy: name,
  now: () => new Date(now),
});
const claimOnly = async (): Promise<RefundClaim> => {
  const [claim, ...more] = await claimRefunds(db, 5);
  if (claim === undefined || more.length > 0) throw new Error('Not one was claimed');
  return claim;
};
const row = async (eventId: string) => (await db.select().from(reversals).where(eq(reversals.eventId, eventId)))[0];

const CANCELLED = ['done', 'cancelled', 'REFUND_POLICY=cancel: the subscription was ended'] as const;
const ENDED_BEFORE = ['done', 'already_ended', 'the subscription had ended before'] as const;
const shown = (detail: string) => ['parked', 'needs_attention', detail] as const;
interface Known {
  readonly kind: Kind;
  readonly outcome?: string;
  readonly ofAnother?: boolean;
  readonly before?: boolean;
}
const NOT_NOW = 'it did not pay for the current period, or not alone; the subscription goes on';
const NO_POLICY = 'REFUND_POLICY=none: the subscription goes on';
const FAILED = 'the refund failed afterwards; the subscription goes on';
const WON = ['done', 'won', 'the dispute was decided for us'] as const;
const WON_AFTERWARDS = ['done', 'won', 'the dispute was decided for us afterwards'] as const;
const STAYS = 'the dispute was won; the subscription that it ended stays ended';
const STILL_OURS = 'the refund failed: the money is still ours';
const ended = { kind: 'refund', outcome: 'cancelled' } as const;

describe('following a refund or dispute', () => {
  it.each<readonly [Kind, 'none' | 'cancel', readonly Known[], readonly [string, string, string]]>([
    ['refund', 'cancel', [], CANCELLED],
    ['dispute', 'cancel', [], CANCELLED],
    ['refund', 'none', [], shown(NO_POLICY)],
    ['dispute', 'none', [], shown(NO_POLICY)],
    ['refund', 'cancel', [{ kind: 'refund_failed' }], shown(FAILED)],
    ['refund', 'cancel', [{ kind: 'refund_failed', ofAnother: true }], CANCELLED],
    ['refund', 'cancel', [{ kind: 'refund_failed', before: true }], CANCELLED],
    ['dispute', 'cancel', [{ kind: 'dispute_won', before: true }], CANCELLED],
    ['refund', 'cancel', [{ kind: 'dispute_won' }], CANCELLED],
    ['dispute', 'cancel', [{ kind: 'dispute_won' }], WON_AFTERWARDS],
    ['dispute', 'cancel', [{ kind: 'dispute_won', ofAnother: true }], CANCELLED],
    ['dispute', 'cancel', [{ kind: 'refund_failed' }], CANCELLED],
    ['dispute_won', 'cancel', [], WON],
    ['dispute_won', 'cancel', [ended], shown(STAYS)],
    ['dispute_won', 'cancel', [{ ...ended, outcome: 'already_ended' }], WON],
    ['dispute_won', 'cancel', [{ ...ended, ofAnother: true }], WON],
    ['dispute_lost', 'cancel', [], shown('the dispute was lost; the subscription is as it was')],
    ['refund_failed', 'cancel', [], shown(`${STILL_OURS}; the subscription is as it was`)],
    ['refund_failed', 'cancel', [ended], shown(`${STILL_OURS}, but the subscription was ended for it`)],
    ['partial_refund', 'cancel', [], shown('a part was refunded; the subscription goes on')],
  ])('%s, policy %s, known %j', async (kind, policy, known, [state, outcome, detail]) => {
    const { subscription, customer, charge, paymentIntentId, status } = subscribe();
    for (const { kind: of, outcome: was = 'needs_attention', ofAnother = false, before = false } of known) {
      const createdAt = new Date(CREATED.getTime() - (before ? 1_000 : 0));
      const chargeId = ofAnother ? 'ch_other' : charge.id;
      await insert({ kind: of, outcome: was, state: 'done', chargeId, createdAt });
    }
    await insert({ eventId: 'evt_it', kind, chargeId: charge.id, paymentIntentId });
    await followRefund(policyOf(policy), await claimOnly());
    const found = { outcome, detail, subscriptionId: subscription, customerId: customer };
    expect(await row('evt_it')).toMatchObject({ ...found, state, leaseUntil: null });
    const level = state === 'parked' ? 'warn' : 'info';
    expect(logged.at(-1)).toMatchObject({ ...found, level, message: 'money went back', eventId: 'evt_it', kind });
    const hasEnded = outcome === 'cancelled';
    expect(status()).toBe(hasEnded ? 'canceled' : 'active');
    // Whether or not Stripe's own event arrives, its customer is synced.
    expect((await db.select().from(customers)).map(({ customerId, wanted }) => [customerId, wanted])).toEqual(
      hasEnded ? [[customer, 1]] : [],
    );
  });

  it.each(['none', 'cancel'] as const)('does not end an ended subscription again, policy %s', async (policy) => {
    const { subscription, charge, paymentIntentId } = subscribe();
    system.stripe.cancelNow(subscription);
    await insert({ eventId: 'evt_it', kind: 'refund', chargeId: charge.id, paymentIntentId });
    await followRefund(policyOf(policy), await claimOnly());
    expect(await row('evt_it')).toMatchObject({
      state: ENDED_BEFORE[0],
      outcome: ENDED_BEFORE[1],
      detail: ENDED_BEFORE[2],
    });
  });

  it.each<readonly [string, Kind, number, number, boolean]>([
    ['at the start of the period', 'refund', 0, 999, true],
    ['a second before it', 'refund', -1, 999, false],
    ['a second before its end', 'refund', 2_591_999, 999, true],
    ['in part', 'refund', 0, 998, false],
    ['in part, by a bank', 'dispute', 0, 998, true],
    ['with more than its amount', 'refund', 0, 1_000, true],
  ])('decides on a payment that is returned %s: %s', async (_name, kind, seconds, amount, ends) => {
    const { subscription, charge, paymentIntentId, status } = subscribe();
    const period = ledger().subscriptions.get(subscription)?.items.data[0];
    const begun = period?.current_period_start ?? 0;
    const at = seconds > 1_000_000 ? (period?.current_period_end ?? 0) - 1 : begun + seconds;
    await insert({ eventId: 'evt_it', kind, amount, chargeId: charge.id, paymentIntentId });
    await followRefund(policyOf('cancel', at * 1_000), await claimOnly());
    expect((await row('evt_it'))?.detail).toBe(ends ? CANCELLED[2] : NOT_NOW);
    expect(status()).toBe(ends ? 'canceled' : 'active');
  });

  it('ends nothing for a payment that is returned at the end of its period', async () => {
    const { subscription, charge, paymentIntentId, status } = subscribe();
    const end = ledger().subscriptions.get(subscription)?.items.data[0]?.current_period_end ?? 0;
    await insert({ eventId: 'evt_it', kind: 'refund', chargeId: charge.id, paymentIntentId });
    await followRefund(policyOf('cancel', end * 1_000), await claimOnly());
    expect([(await row('evt_it'))?.detail, status()]).toEqual([NOT_NOW, 'active']);
  });

  it('ends nothing when the period cost nothing and the refund is that of a change within it', async () => {
    const { charge, paymentIntentId, status } = subscribe();
    const lines = ledger().invoices.newest()[0]?.lines.data;
    const [line] = lines ?? [];
    const details = line?.parent?.subscription_item_details;
    if (!line || !details) throw new Error('Nothing was billed');
    const parent = { ...line.parent, subscription_item_details: { ...details, proration: true } };
    lines?.push({ ...line, parent } as typeof line);
    line.amount = 0;
    await insert({ eventId: 'evt_it', kind: 'refund', chargeId: charge.id, paymentIntentId });
    await followRefund(policyOf('cancel'), await claimOnly());
    expect([(await row('evt_it'))?.detail, status()]).toEqual([NOT_NOW, 'active']);
  });

  it('throws what Stripe answers when it does not end the subscription, and stores nothing', async () => {
    const { subscription, charge, paymentIntentId, status } = subscribe();
    system.stripe.fail({
      method: 'DELETE',
      path: `/v1/subscriptions/${subscription}`,
      effect: 'status',
      status: 400,
      times: 1,
    });
    await insert({ eventId: 'evt_it', kind: 'refund', chargeId: charge.id, paymentIntentId });
    await expect(followRefund(policyOf('cancel'), await claimOnly())).rejects.toMatchObject({ statusCode: 400 });
    expect(await row('evt_it')).toMatchObject({ state: 'pending', outcome: null });
    expect(status()).toBe('active');
  });

  it.each<readonly [string, Partial<Reversal>, readonly [string, string]]>([
    ['without a payment intent', { paymentIntentId: null }, ['done', 'no_subscription']],
    ['of an unknown payment', { paymentIntentId: 'pi_none' }, ['done', 'no_subscription']],
    ['of the live mode', { paymentIntentId: 'pi_none', livemode: true }, ['parked', 'other_account_or_mode']],
  ])('%s touches no subscription', async (_name, values, [state, outcome]) => {
    await insert({ eventId: 'evt_it', kind: 'refund', chargeId: 'ch_1', ...values });
    const asked = system.stripe.requests.length;
    await followRefund(policyOf('cancel'), await claimOnly());
    expect(await row('evt_it')).toMatchObject({ state, outcome, subscriptionId: null, customerId: null });
    expect(system.stripe.requests.slice(asked).map(({ method }) => method)).toEqual(
      values.paymentIntentId === 'pi_none' && values.livemode !== true ? ['GET'] : [],
    );
  });

  describe('of a subscription with foreign items', () => {
    const MAX = 'price_moddy_max_month';
    const mugs = Array.from({ length: 11 }, (_, at) => `price_mug_${at}`);
    const [mug = ''] = mugs;
    const ours = { discord_id: '7' };
    beforeAll(() => {
      const words = { name: 'Mug club', description: 'A mug', features: [] };
      ledger().products.add(product(ledger(), 'prod_mug', words));
      for (const id of mugs)
        ledger().prices.add(price(ledger(), { id, product: 'prod_mug', interval: 'month', amount: 5 }));
    });
    const NOT_OURS = ['done', 'not_ours', 'paid for no subscription of ours'] as const;
    interface Mixed {
      readonly items: readonly string[];
      readonly metadata?: Record<string, string>;
      /** One that we store already, of this plan. */
      readonly stored?: string;
      readonly policy?: 'none' | 'cancel';
      /** Runs between the payment and its refund. */
      readonly before?: (subscription: string, chargeId: string) => unknown;
      readonly expected: readonly string[];
      readonly left: readonly string[];
    }
    const api = () => operatorDeps(system).stripe;
    const endedEarlier = async (subscription: string, chargeId: string) => {
      const { items } = await api().subscriptions.retrieve(subscription);
      const own = items.data.filter((item) => item.price.id === MAX);
      await api().subscriptions.update(subscription, {
        items: own.map(({ id }) => ({ id, deleted: true })),
        metadata: { discord_id: '', [LEFT_OVER]: `REFUND_POLICY=cancel: ${chargeId}` },
      });
    };

    it.each<readonly [string, Mixed]>([
      ['ends our item alone', { items: [mug, MAX], expected: CANCELLED, left: ['active', mug] }],
      [
        'finds our item behind ten others',
        { items: [...mugs, MAX], expected: CANCELLED, left: ['active', ...mugs.slice(0, 10)] },
      ],
      ['ends nothing of a foreign one', { items: [mug], expected: NOT_OURS, left: ['active', mug] }],
      [
        'ends one of ours by its metadata',
        { items: [mug], metadata: ours, expected: CANCELLED, left: ['canceled', mug] },
      ],
      [
        'ends one of ours by its stored plan',
        { items: [mug], stored: 'moddy_max', expected: CANCELLED, left: ['canceled', mug] },
      ],
      [
        'ends nothing for the payment of a foreign item',
        {
          items: [mug],
          before: (subscription) =>
            api().subscriptions.update(subscription, { items: [{ price: MAX }], proration_behavior: 'none' }),
          expected: NOT_OURS,
          left: ['active', mug, MAX],
        },
      ],
      [
        'leaves the foreign rest of one that was ended already',
        { items: [mug, MAX], before: endedEarlier, expected: CANCELLED, left: ['active', mug] },
      ],
      [
        'leaves an ended one',
        {
          items: [mug, MAX],
          policy: 'none',
          before: (subscription) => system.stripe.cancelNow(subscription),
          expected: ENDED_BEFORE,
          left: ['canceled', mug, MAX],
        },
      ],
    ])('%s', async (_name, { items, metadata = {}, stored, policy = 'cancel', before, expected, left }) => {
      const { id: customerId } = await api().customers.create({});
      const { id } = await api().subscriptions.create({
        customer: customerId,
        metadata,
        items: items.map((each) => ({ price: each })),
      });
      const { charge, paymentIntentId } = newestPayment();
      await db.insert(customers).values({ customerId, livemode: false });
      // The stored plan of another subscription does not matter.
      for (const subscriptionId of ['sub_other', ...(stored ? [id] : [])]) {
        const state = { status: 'active', cancelAtPeriodEnd: false, createdAt: CREATED };
        await db.insert(subscriptions).values({ subscriptionId, customerId, plan: 'moddy_max', ...state });
      }
      await before?.(id, charge.id);
      await insert({
        eventId: 'evt_it',
        kind: 'refund',
        chargeId: charge.id,
        amount: charge.amount,
        paymentIntentId,
      });
      await followRefund(policyOf(policy), await claimOnly());
      const { state, outcome, detail } = (await row('evt_it')) ?? {};
      expect([state, outcome, detail]).toEqual(expected);
      const { status, items: after } = await api().subscriptions.retrieve(id);
      expect([status, ...after.data.map((item) => item.price.id)]).toEqual(left);
    });

    it.each<readonly [string, ReturnType<typeof createPlans> | undefined, string]>([
      ['while Stripe does not say whose the only item is', undefined, 'The sandbox was told to fail this request'],
      ['with an empty PLAN_PRICES', createPlans(new Map()), 'PLAN_PRICES is empty'],
    ])('decides nothing %s', async (_name, plans, message) => {
      const { id: customer } = await api().customers.create({});
      const { id } = await api().subscriptions.create({ customer, items: [{ price: mug }] });
      const { charge, paymentIntentId } = newestPayment();
      if (!plans) system.stripe.fail({ path: '/v1/prices', effect: 'status', status: 401, times: 1 });
      await insert({ eventId: 'evt_it', kind: 'refund', chargeId: charge.id, amount: 5, paymentIntentId });
      const deps = policyOf('cancel');
      const following = followRefund(plans ? { ...deps, rules: { plans } } : deps, await claimOnly());
      await expect(following).rejects.toThrow(message);
      expect(await row('evt_it')).toMatchObject({ state: 'pending', outcome: null });
      expect((await api().subscriptions.retrieve(id)).status).toBe('active');
    });
  });

  it.each([
    [400, { state: 'parked', outcome: 'failed', rejections: 4 }],
    [401, { state: 'pending', outcome: null, rejections: 0 }],
  ])('after four rejections and an answer %i it is %j', async (status, expected) => {
    await insert({
      eventId: 'evt_it',
      kind: 'refund',
      chargeId: 'ch_1',
      paymentIntentId: 'pi_1',
      failures: 4,
      rejections: 4,
    });
    system.stripe.fail({ path: '/v1/invoice_payments', effect: 'status', status, times: 1 });
    const database = openDatabase({ url: system.databaseUrl });
    onTestFinished(() => database.close());
    const follower = createFollower(database, policyOf('cancel'));
    await follower.start();
    const found = await eventually(
      () => row('evt_it'),
      (each) => each?.fence === 1 && each.leaseUntil === null,
    );
    await follower.stop();
    expect(found).toMatchObject(expected);
  });

  it('settles nothing after a lost lease and requests no sync', async () => {
    const { charge, paymentIntentId } = subscribe();
    await insert({ eventId: 'evt_it', kind: 'refund', chargeId: charge.id, paymentIntentId });
    const claim = await claimOnly();
    await db.update(reversals).set({ fence: 9 });
    await followRefund(policyOf('cancel'), claim);
    expect(await row('evt_it')).toMatchObject({ state: 'pending', outcome: null });
    expect(await db.$count(customers)).toBe(0);
  });
});

it('a refund waits up to five minutes after a failure and is parked at the fifth rejection', async () => {
  const running = await startTestBackend({}, onTestFinished, 'movable');
  const { orm } = running.backend.database;
  await stopClock(orm);
  running.stripe.fail({ path: '/v1/invoice_payments', effect: 'status', status: 400, times: 20 });
  const common = { kind: 'refund' as const, livemode: false, amount: 1, currency: 'eur', createdAt: new Date() };
  const states = [
    { failures: 0, rejections: 0 },
    { failures: 4, rejections: 3 },
    { failures: 12, rejections: 0 },
    { failures: 12, rejections: 4 },
  ];
  await orm.insert(reversals).values(
    states.map((state, index) => ({
      ...common,
      ...state,
      eventId: `evt_${index}`,
      chargeId: `ch_${index}`,
      paymentIntentId: 'pi_1',
    })),
  );
  const rows = await eventually(
    () => orm.select().from(reversals).orderBy(reversals.reversalId),
    (all) => all.every(({ fence, leaseUntil }) => fence === 1 && leaseUntil === null),
  );
  const [{ ms } = { ms: '' }] = (await orm.execute<{ ms: string }>(sql`select extract(epoch from now()) * 1000 as ms`))
    .rows;
  expect(rows.map(({ state, rejections }) => [state, rejections])).toEqual([
    ['pending', 1],
    ['pending', 4],
    ['pending', 1],
    ['parked', 4],
  ]);
  for (const [index, ceilingMs] of [1_000, 16_000, 300_000].entries()) {
    const waitMs = (rows[index]?.dueAt.getTime() ?? 0) - Number(ms);
    expect(waitMs).toBeGreaterThanOrEqual(ceilingMs / 2);
    expect(waitMs).toBeLessThanOrEqual(ceilingMs);
  }
  await advanceClock(orm, 1_000);
  await eventually(
    () => orm.select().from(reversals).orderBy(reversals.reversalId),
    ([first]) => (first?.fence ?? 0) > 1 && first?.leaseUntil === null,
  );
});
