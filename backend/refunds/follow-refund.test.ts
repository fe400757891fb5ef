import { beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Orm } from '../database/database.ts';
import { eq, sql } from '../database/drizzle.ts';
import { openDatabase } from '../database/open.ts';
import { customers, reversals } from '../database/schema.ts';
import { claimRefunds, type RefundClaim } from '../queue/claim-refund.ts';
import { advanceClock, stopClock } from '../testing/clock.ts';
import { emptyTables } from '../testing/empty-tables.ts';
import { eventually } from '../testing/eventually.ts';
import { operatorDeps } from '../testing/operator-deps.ts';
import { startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';
import { followRefund } from './follow-refund.ts';

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
let lastId = 700;
/** A user who has paid for a month. */
const subscribe = () => {
  lastId += 1;
  const { subscription, customer } = system.stripe.subscribe({
    discordId: String(lastId),
    price: 'price_moddy_max_month',
  });
  const charge = [...ledger().charges.values()].at(-1);
  if (charge === undefined) throw new Error('Nothing was paid');
  const status = () => ledger().subscriptions.get(subscription)?.status;
  const paymentIntentId = typeof charge.payment_intent === 'string' ? charge.payment_intent : null;
  return { subscription, customer, charge, paymentIntentId, status };
};
const CREATED = new Date(1_750_000_000_000);
const insert = async (values: Partial<Reversal> & Pick<Reversal, 'kind' | 'chargeId'>) => {
  const eventId = `evt_${await db.$count(reversals)}`;
  const common = { eventId, livemode: false, amount: 999, currency: 'eur', createdAt: CREATED };
  await db.insert(reversals).values({ ...common, ...values });
};
const policyOf = (name: 'none' | 'cancel', now = system.stripe.nowMs()) => ({
  ...operatorDeps(system),
  db,
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
    const expected = { state, outcome, detail, subscriptionId: subscription, customerId: customer, leaseUntil: null };
    expect(await row('evt_it')).toMatchObject(expected);
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
