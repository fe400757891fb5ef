import { cleaningUp } from '@moddy/runtime/testing/cleaning-up';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { and, eq } from '../database/drizzle.ts';
import { customers, deliveries, users } from '../database/schema.ts';
import { FREE } from '../plans.ts';
import { eventually } from '../testing/eventually.ts';
import { operatorDeps } from '../testing/operator-deps.ts';
import { startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';
import { type Entitlement, type Entitling, entitlementAfter } from './entitlement.ts';
import { fetchFromStripe, shapeSubscription } from './fetch-from-stripe.ts';
import { ownershipOf } from './ownership.ts';
import { remember } from './past-due.ts';
import { transition } from './transition.ts';

/*
 * Stripe promises neither order nor once. In each round some things happen to a subscriber, then a random part of all
 * events that were not delivered yet is delivered at once, mixed and repeated. In every order, the state equals Stripe's at
 * the last sync, and the messages are the differences between the synced states: nothing is sent twice.
 */

const HAPPENINGS = [
  'toPro',
  'toMaxYear',
  'toMaxMonth',
  'scheduleEnd',
  'withdrawEnd',
  'fail',
  'recover',
  'renew',
  'end',
  'buyAgain',
] as const;
type Happening = (typeof HAPPENINGS)[number];

const SEED = Number(process.env.PROPERTY_SEED ?? Date.now() % 2 ** 31);
const RUNS = Number(process.env.PROPERTY_RUNS ?? 20);
const NOTHING: Entitlement = {
  plan: FREE,
  subscriptionId: null,
  interval: null,
  intervalCount: null,
  cancelsAtPeriodEnd: false,
  paymentLate: false,
};

const round = fc.record({
  happenings: fc.array(fc.constantFrom(...HAPPENINGS), { maxLength: 4 }),
  /** Which of the events that wait are delivered, in this order; a repetition is a second delivery. */
  picks: fc.array(fc.nat(30), { maxLength: 12 }),
});

describe('Stripe events in any order, with repetitions', () => {
  let system: TestBackend;
  let lastId = 700_000;
  beforeAll(
    cleaningUp(async (end) => {
      system = await startTestBackend({ PAST_DUE_GRACE_DAYS: '7' }, end);
    }),
  );
  const rules = () => ({ ...operatorDeps(system).rules, pastDueGraceMs: 7 * 24 * 60 * 60 * 1_000 });
  const orm = () => system.backend.database.orm;
  const eventIds = () =>
    system.stripe.books
      .named('test')
      .ledger.events.newest()
      .map(({ id }) => id)
      .toReversed();

  const happen = (what: Happening, discordId: string, customer: string): void => {
    const { stripe } = system;
    const { subscriptions } = stripe.books.named('test').ledger;
    const live = subscriptions.filter((entry) => entry.customer === customer && entry.status !== 'canceled')[0];
    if (live === undefined) {
      if (what === 'buyAgain') stripe.subscribe({ discordId, customer, price: 'price_moddy_max_month' });
      return;
    }
    const actions: Record<Happening, () => unknown> = {
      toPro: () => stripe.changePrice(live.id, 'price_moddy_pro_month'),
      toMaxYear: () => stripe.changePrice(live.id, 'price_moddy_max_year'),
      toMaxMonth: () => stripe.changePrice(live.id, 'price_moddy_max_month'),
      scheduleEnd: () => stripe.cancelAtPeriodEnd(live.id),
      withdrawEnd: () => stripe.undoCancel(live.id),
      fail: () => stripe.failPayment(live.id),
      recover: () => stripe.recoverPayment(live.id),
      renew: () => stripe.renew(live.id),
      end: () => stripe.cancelNow(live.id),
      buyAgain: () => {},
    };
    actions[what]();
  };

  const known = new Map<string, Entitling>();
  const entitlementAtStripe = async (customer: string, before: Entitlement): Promise<Entitlement> => {
    const fetched = await fetchFromStripe(operatorDeps(system).stripe, customer);
    const listed = { plans: rules().plans, products: new Set<string>(), complete: true };
    const now = new Date(system.stripe.nowMs());
    const held = fetched.subscriptions.flatMap((subscription) => {
      const ownership = ownershipOf(subscription, null, listed);
      if (ownership.owner !== 'listed') return [];
      const shaped = shapeSubscription(subscription, ownership);
      const entitling = { ...shaped, ...remember(shaped, known.get(shaped.subscriptionId), now) };
      known.set(shaped.subscriptionId, entitling);
      return [entitling];
    });
    const {
      subscription: _,
      grant: __,
      ...after
    } = entitlementAfter(before, { subscriptions: held, granted: [] }, rules(), now);
    return after;
  };
  /** Delivers these at once, waits until what they want is done. @returns whether Stripe was asked. */
  const deliver = async (ids: readonly string[], customer: string): Promise<boolean> => {
    const { stripe } = system;
    const doneOf = async () => {
      const [row] = await orm().select().from(customers).where(eq(customers.customerId, customer));
      return { done: row?.done ?? 0, waits: row !== undefined && row.wanted > row.done };
    };
    const before = await doneOf();
    for (const id of ids) stripe.resend(id);
    await stripe.deliveries.idle();
    const after = await eventually(doneOf, ({ waits }) => !waits);
    return after.done > before.done;
  };

  it('end in the state of Stripe and send one notice per difference between synced states', async () => {
    const { stripe } = system;
    const endpoints = stripe.deliveries.endpoints;
    console.log(`seed ${SEED}: PROPERTY_SEED=${SEED} repeats this run`);
    const property = fc.asyncProperty(fc.array(round, { minLength: 1, maxLength: 4 }), async (rounds) => {
      lastId += 1;
      const discordId = String(lastId);
      const known = new Set(eventIds());
      stripe.setWebhooks([]);
      const { customer } = stripe.subscribe({ discordId, price: 'price_moddy_max_month' });
      let state = NOTHING;
      const expected: unknown[] = [];
      const untold = new Set<string>();
      for (const [index, { happenings, picks }] of rounds.entries()) {
        stripe.setWebhooks([]);
        for (const what of happenings) happen(what, discordId, customer);
        const own = eventIds().filter((id) => !known.has(id));
        for (const id of own) untold.add(id);
        for (const id of own) known.add(id);
        const waiting = [...untold];
        const picked = picks.flatMap((pick) => waiting[pick % Math.max(1, waiting.length)] ?? []);
        const isLast = index === rounds.length - 1;
        const chosen = isLast ? [...picked, ...waiting.filter((id) => !picked.includes(id))] : picked;
        for (const id of chosen) untold.delete(id);
        stripe.setWebhooks(endpoints);
        if (!(await deliver(chosen, customer))) continue;
        const next = await entitlementAtStripe(customer, state);
        expected.push(...transition(state, next, rules().plans).notices);
        state = next;
      }
      const [user] = await orm().select().from(users).where(eq(users.discordId, discordId));
      expect(user).toMatchObject(await entitlementAtStripe(customer, state));
      const ofUser = eq(deliveries.userId, user?.userId ?? 0);
      await eventually(
        () => orm().$count(deliveries, and(ofUser, eq(deliveries.state, 'pending'))),
        (pending) => pending === 0,
      );
      const notified = system.bot.calls.flatMap((call) =>
        call.operation === 'notifyUser' && call.body.discord_id === discordId
          ? [{ action: call.body.action, change: call.body.metadata?.change ?? null, plan: call.body.plan }]
          : [],
      );
      expect(notified).toEqual(expected);
      const [applied] = await orm().select().from(users).where(eq(users.discordId, discordId));
      expect(applied?.confirmedRevision).toBe(applied?.revision);
    });
    await fc.assert(property, { numRuns: RUNS, seed: SEED, endOnFailure: false });
  }, 120_000);
});
