import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { createPlans } from '../plans.ts';
import { stripeSubscription } from '../testing/stripe-subscription.ts';
import {
  type Entitlement,
  type Entitling,
  effectiveEntitlement,
  entitlementAfter,
  lateEnd,
  nextCheckAt,
} from './entitlement.ts';
import { shapeSubscription } from './fetch-from-stripe.ts';
import { ownershipOf } from './ownership.ts';
import { remember } from './past-due.ts';
import { readRefund } from './read-refund.ts';
import { dueReminder, reminderOf } from './reminder.ts';
import { effectiveAt, transition } from './transition.ts';

/* The decisions about a subscription, as tables of all cases. Each limit is tested one millisecond early and exactly. */

const DAY_MS = 24 * 60 * 60 * 1_000;
const HOUR_MS = DAY_MS / 24;
const GRACE_MS = 7 * DAY_MS;
const NOW = new Date('2026-03-01T12:00:00Z');
const at = (days: number, ms = 0) => new Date(NOW.getTime() + days * DAY_MS + ms);
const plans = createPlans(
  new Map([
    ['pro', ['price_pro']],
    ['max', ['price_max']],
  ]),
);
const rules = { plans, pastDueGraceMs: GRACE_MS };
const sub = (more: Partial<Entitling> = {}): Entitling => ({
  subscriptionId: 'sub_1',
  status: 'active',
  plan: 'pro',
  interval: 'month',
  intervalCount: 1,
  currentPeriodStart: at(-10),
  currentPeriodEnd: at(20),
  pastDueSince: null,
  paidPlan: null,
  paidUntil: null,
  cancelAtPeriodEnd: false,
  ...more,
});
const planOf = (...held: Entitling[]) => effectiveEntitlement(held, rules, NOW).plan;

describe('what somebody is entitled to', () => {
  const STATUSES: Readonly<Record<Stripe.Subscription.Status, string>> = {
    active: 'pro',
    trialing: 'pro',
    past_due: 'pro',
    canceled: 'free',
    incomplete: 'free',
    incomplete_expired: 'free',
    paused: 'free',
    unpaid: 'free',
  };
  it.each(Object.entries(STATUSES))('%s: %s', (status, plan) => {
    const effective = effectiveEntitlement([sub({ status, paidUntil: at(1) })], rules, NOW);
    expect(effective).toMatchObject({ plan, paymentLate: status === 'past_due' });
    expect(effective.subscription?.subscriptionId).toBe(plan === 'free' ? undefined : 'sub_1');
  });

  it('an active subscription without a known plan entitles to nothing', () => {
    expect(effectiveEntitlement([sub({ plan: null })], rules, NOW)).toMatchObject({ plan: 'free', subscription: null });
  });

  it.each<readonly [string, Partial<Entitling>, Partial<Entitling>]>([
    ['the higher plan', { plan: 'max', status: 'past_due', paidPlan: 'max', paidUntil: at(1) }, {}],
    ['a plan that is not listed any more', { plan: 'gone' }, { plan: 'max' }],
    ['the paid one of two', { cancelAtPeriodEnd: true }, { status: 'past_due', paidUntil: at(1) }],
    ['the one that goes on', { currentPeriodEnd: at(1) }, { cancelAtPeriodEnd: true }],
    ['the one that lasts', { currentPeriodEnd: at(21) }, {}],
    ['one with an end', {}, { currentPeriodEnd: null }],
    ['one that has a plan', {}, { plan: null }],
    ['one that entitles', {}, { plan: 'max', status: 'unpaid' }],
    ['what was paid for', { plan: 'pro' }, { plan: 'max', status: 'past_due', paidPlan: 'free', paidUntil: at(1) }],
  ])('%s counts, in any order', (_name, better, worse) => {
    const both = [sub({ ...better, subscriptionId: 'better' }), sub({ ...worse, subscriptionId: 'worse' })];
    for (const held of [both, both.toReversed()])
      expect(effectiveEntitlement(held, rules, NOW).subscription?.subscriptionId).toBe('better');
  });

  it('of two that are equal the first counts', () => {
    const both = [sub({ subscriptionId: 'a' }), sub({ subscriptionId: 'b' })];
    expect(effectiveEntitlement(both, rules, NOW).subscription?.subscriptionId).toBe('a');
  });

  it.each<readonly [string, Partial<Entitling>, Date | null]>([
    ['the grace since it became late', { pastDueSince: at(-3) }, at(4)],
    ['of the period where nobody knows since when', { currentPeriodStart: at(-3) }, at(4)],
    ['what was paid for, if it is longer', { pastDueSince: at(-3), paidUntil: at(5) }, at(5)],
    ['not what was paid for, if it is shorter', { pastDueSince: at(-3), paidUntil: at(3) }, at(4)],
    ['what was paid for, if nothing else is known', { currentPeriodStart: null, paidUntil: at(2) }, at(2)],
    ['nothing at all', { currentPeriodStart: null }, null],
  ])('a late payment leaves %s', (_name, more, end) => {
    const late = sub({ status: 'past_due', ...more });
    expect(lateEnd(late, GRACE_MS)).toEqual(end);
    const planAt = (now: Date) => effectiveEntitlement([late], rules, now).plan;
    expect(planAt(end ?? NOW)).toBe('free');
    if (end !== null) expect(planAt(new Date(end.getTime() - 1))).toBe('pro');
  });

  it('a late payment leaves the plan that was paid for, and how it was billed', () => {
    const late = { status: 'past_due', plan: 'max', paidPlan: 'pro', paidUntil: at(1), interval: 'year' };
    expect(planOf(sub(late))).toBe('pro');
    expect(planOf(sub({ ...late, paidPlan: null }))).toBe('max');
    const before = { ...NONE, plan: 'pro', interval: 'month', intervalCount: 3, subscriptionId: 'sub_0' };
    const held = { subscriptions: [sub(late)], granted: [] };
    expect(entitlementAfter(before, held, rules, NOW)).toMatchObject({
      plan: 'pro',
      interval: 'month',
      intervalCount: 3,
    });
    const other = { ...before, plan: 'max' };
    expect(entitlementAfter(other, held, rules, NOW)).toMatchObject({ interval: 'year', intervalCount: 1 });
    const paid = { subscriptions: [sub({ interval: 'year' })], granted: [] };
    expect(entitlementAfter(before, paid, rules, NOW)).toMatchObject({ interval: 'year', intervalCount: 1 });
  });

  const NONE: Entitlement = {
    plan: 'free',
    subscriptionId: 'sub_0',
    interval: null,
    intervalCount: null,
    cancelsAtPeriodEnd: false,
    paymentLate: false,
  };
  it.each<readonly [string, readonly string[], string | undefined, string, 'grant' | 'subscription' | 'nothing']>([
    ['a grant alone', ['pro'], undefined, 'pro', 'grant'],
    ['the higher of two grants', ['pro', 'max'], undefined, 'max', 'grant'],
    ['the higher of two grants, in any order', ['max', 'pro'], undefined, 'max', 'grant'],
    ['a grant above a subscription', ['max'], 'pro', 'max', 'grant'],
    ['a subscription of the same plan', ['pro'], 'pro', 'pro', 'subscription'],
    ['a subscription above a grant', ['pro'], 'max', 'max', 'subscription'],
    ['a grant of no plan', ['free'], undefined, 'free', 'nothing'],
  ])('%s counts', (_name, granted, plan, expected, source) => {
    const subscriptions = plan === undefined ? [] : [sub({ plan, cancelAtPeriodEnd: true })];
    const grants = granted.map((each) => ({ plan: each, endsAt: at(5) }));
    const after = entitlementAfter(NONE, { subscriptions, granted: grants }, rules, NOW);
    expect(after).toMatchObject({
      plan: expected,
      subscriptionId: source === 'subscription' ? 'sub_1' : 'sub_0',
      cancelsAtPeriodEnd: source === 'subscription',
      interval: source === 'subscription' ? 'month' : null,
      grant: source === 'grant' ? { plan: expected, endsAt: at(5) } : null,
    });
    expect(after.subscription === null).toBe(source !== 'subscription');
  });
});

describe('time alone is looked at next', () => {
  const yearly = { interval: 'year', currentPeriodEnd: at(20) };
  it.each<readonly [string, readonly Partial<Entitling>[], Date | null]>([
    ['never', [], null],
    ['never for what has ended', [{ status: 'canceled' }], null],
    ['never for what was not paid', [{ status: 'incomplete' }], null],
    ['never without an end', [{ currentPeriodEnd: null }], null],
    ['two hours after the period', [{}], at(20, 2 * HOUR_MS)],
    ['in two hours, when that is over', [{ currentPeriodEnd: at(0, -2 * HOUR_MS) }], at(0, 2 * HOUR_MS)],
    [
      'two hours after the period, though an end is scheduled for a later one',
      [{ paidUntil: at(3) }],
      at(3, 2 * HOUR_MS),
    ],
    ['when that comes in a moment', [{ currentPeriodEnd: at(0, -2 * HOUR_MS + 1) }], at(0, 1)],
    ['at the end of a grace', [{ status: 'past_due', pastDueSince: at(-3) }], at(4)],
    ['in two hours, when Stripe is late', [{ status: 'past_due', pastDueSince: at(-8) }], at(0, 2 * HOUR_MS)],
    ['three days before a trial ends', [{ status: 'trialing' }], at(17)],
    ['seven days before a year ends', [yearly], at(13)],
    ['at its end, once the reminder is due', [{ ...yearly, currentPeriodEnd: at(7) }], at(7, 2 * HOUR_MS)],
    ['a moment before the reminder', [{ ...yearly, currentPeriodEnd: at(7, 1) }], at(0, 1)],
    ['at the first of several moments', [{}, { currentPeriodEnd: at(3) }, { status: 'canceled' }], at(3, 2 * HOUR_MS)],
  ])('%s', (_name, held, moment) => {
    expect(nextCheckAt(held.map(sub), GRACE_MS, NOW)).toEqual(moment);
  });
});

describe('a reminder', () => {
  const DUE = { trial_ending: 3, renewal_soon: 7 } as const;
  it.each<readonly [string, Partial<Entitling> & { collectionPaused?: boolean }, keyof typeof DUE | null]>([
    ['a trial', { status: 'trialing' }, 'trial_ending'],
    ['a trial that is yearly', { status: 'trialing', interval: 'year' }, 'trial_ending'],
    ['a year', { interval: 'year' }, 'renewal_soon'],
    ['twelve months', { interval: 'month', intervalCount: 12 }, 'renewal_soon'],
    ['eleven months', { interval: 'month', intervalCount: 11 }, null],
    ['a month', { interval: 'month' }, null],
    ['a month of an older version', { interval: 'month', intervalCount: null }, null],
    ['twelve weeks', { interval: 'week', intervalCount: 12 }, null],
    ['a year that is late', { interval: 'year', status: 'past_due' }, null],
    ['a year that ends', { interval: 'year', cancelAtPeriodEnd: true }, null],
    [
      'a year that ends after the next',
      { interval: 'year', cancelAtPeriodEnd: true, currentPeriodEnd: at(400), paidUntil: at(20) },
      'renewal_soon',
    ],
    ['a year that nobody collects', { interval: 'year', collectionPaused: true }, null],
    ['a year that is collected', { interval: 'year', collectionPaused: false }, 'renewal_soon'],
    ['a year without an end', { interval: 'year', currentPeriodEnd: null }, null],
  ])('of %s: %o', (_name, more, change) => {
    const subscription = { ...sub(more), ...more };
    const expected = change && { change, dueAt: at(20 - DUE[change]), chargedAt: at(20) };
    expect(reminderOf(subscription)).toEqual(expected);
    const dueAt = (now: Date, remindedOf: Date | null = null) => dueReminder(subscription, remindedOf, now);
    if (expected === null) return expect(dueAt(at(19))).toBeNull();
    expect(dueAt(new Date(expected.dueAt.getTime() - 1))).toBeNull();
    expect(dueAt(expected.dueAt)).toEqual(expected);
    expect(dueAt(at(20, -1), at(-345))).toEqual(expected);
    expect(dueAt(at(20))).toBeNull();
    expect(dueAt(at(19), at(20))).toBeNull();
  });
  it('of nothing is none', () => expect(dueReminder(null, null, NOW)).toBeNull());
});

describe('what is remembered of a late payment', () => {
  const late = {
    status: 'past_due',
    plan: 'max',
    currentPeriodStart: at(-1),
    currentPeriodEnd: at(40),
    paidUntil: at(29),
  };
  const paid = { status: 'active', plan: 'pro', currentPeriodStart: at(-31), currentPeriodEnd: at(-1) };
  const nothing = { pastDueSince: null, paidPlan: null, paidUntil: null };
  const known = { pastDueSince: at(-9), paidPlan: 'pro', paidUntil: at(-5) };
  it.each([
    ['paid', { ...late, status: 'active' }, undefined, { ...nothing, paidPlan: 'max', paidUntil: at(29) }],
    [
      'a trial',
      { ...late, status: 'trialing' },
      { ...late, ...known },
      { ...nothing, paidPlan: 'max', paidUntil: at(29) },
    ],
    ['late, never seen', late, undefined, { ...nothing, pastDueSince: at(-1) }],
    ['unpaid, never seen', { ...late, status: 'unpaid' }, undefined, nothing],
    [
      'late with a new period',
      late,
      { ...paid, ...nothing },
      { pastDueSince: at(-1), paidPlan: 'pro', paidUntil: at(-1) },
    ],
    [
      'late in the midst of a period',
      { ...late, currentPeriodStart: at(-31) },
      { ...paid, ...nothing },
      { pastDueSince: NOW, paidPlan: 'pro', paidUntil: at(-1) },
    ],
    [
      'late, of no period',
      { ...late, currentPeriodStart: null },
      { ...paid, ...nothing },
      { ...known, pastDueSince: NOW, paidUntil: at(-1) },
    ],
    [
      'late, after no period',
      late,
      { ...paid, ...nothing, currentPeriodStart: null },
      { ...known, pastDueSince: NOW, paidUntil: at(-1) },
    ],
    [
      'unpaid after a payment',
      { ...late, status: 'unpaid' },
      { ...paid, ...nothing },
      { ...nothing, paidPlan: 'pro', paidUntil: at(-1) },
    ],
    [
      'late, of what was to end later',
      late,
      { ...paid, ...nothing, paidUntil: at(-2) },
      { ...known, pastDueSince: at(-1), paidUntil: at(-2) },
    ],
    ['late once more', late, { ...late, ...known }, known],
    ['unpaid after late', { ...late, status: 'unpaid' }, { ...late, ...known }, known],
    [
      'late, of an older version',
      late,
      { ...late, ...nothing, currentPeriodStart: at(-6) },
      { ...nothing, pastDueSince: at(-6) },
    ],
    [
      'late, of an older version without a period',
      late,
      { ...late, ...nothing, currentPeriodStart: null },
      { ...nothing, pastDueSince: at(-1) },
    ],
    ['unpaid, of an older version', { ...late, status: 'unpaid' }, { ...late, ...nothing }, nothing],
  ] as const)('%s', (_name, fetched, stored, expected) => {
    expect(remember(fetched, stored, NOW)).toEqual(expected);
  });
});

describe('what is said of a plan', () => {
  const paid: Entitlement = {
    plan: 'pro',
    subscriptionId: 'sub_1',
    interval: 'month',
    intervalCount: 1,
    cancelsAtPeriodEnd: false,
    paymentLate: false,
  };
  const granted = { ...paid, interval: null, intervalCount: null };
  const free = { ...granted, plan: 'free' };
  const said = (before: Entitlement, after: Entitlement, because?: 'granted' | 'grant_ended') => {
    const { planChanged, notices } = transition(before, after, plans, because);
    return [planChanged, ...notices.map(({ action, change }) => change ?? action)];
  };
  it.each([
    ['given', free, granted, 'granted', [true, 'granted']],
    ['over', granted, free, 'grant_ended', [true, 'grant_ended']],
    ['over, with a lower one left', { ...granted, plan: 'max' }, paid, 'grant_ended', [true, 'grant_ended']],
    ['given beside what is paid', paid, paid, 'granted', [false]],
    ['paid for now', granted, paid, undefined, [false, 'subscription_created']],
    ['given instead of paid', paid, granted, undefined, [false]],
    ['given once more', granted, { ...granted, cancelsAtPeriodEnd: true }, undefined, [false]],
    ['billed otherwise', paid, { ...paid, intervalCount: 3 }, undefined, [false, 'interval_changed']],
    ['counted now', { ...paid, intervalCount: null }, paid, undefined, [false]],
    ['not counted any more', paid, { ...paid, intervalCount: null }, undefined, [false]],
    ['free still', free, { ...free, paymentLate: true }, undefined, [false]],
  ] as const)('that is %s', (_name, before, after, because, expected) => {
    expect(said(before, after, because)).toEqual(expected);
  });

  it.each([
    ['cancellation_scheduled', at(20)],
    ['granted', at(5)],
    ['payment_late', at(3)],
    ['payment_recovered', null],
    [null, null],
  ] as const)('%s takes effect %o', (change, moment) => {
    const notice = { action: 'subscription_updated', plan: 'pro', change } as const;
    const known = { source: sub(), lateEndsAt: at(3), grant: { plan: 'pro', endsAt: at(5) } };
    expect(effectiveAt(notice, known)).toEqual(moment);
    expect(effectiveAt(notice, { source: null, lateEndsAt: null, grant: null })).toBeNull();
  });
});

describe('whose a subscription is', () => {
  const item = (price: string, product: string) => ({ price: { id: price, product } });
  const of = (items: object[], metadata = {}) =>
    ({ items: { data: items }, metadata }) as unknown as Pick<Stripe.Subscription, 'items' | 'metadata'>;
  const mug = item('price_mug', 'prod_mug');
  const next = item('price_next', 'prod_max');
  const listed = { plans, products: new Set(['prod_max']), complete: true };
  it.each<readonly [string, ReturnType<typeof of>, string | null, boolean, object]>([
    ['a listed price', of([mug, item('price_pro', 'p')]), null, true, { owner: 'listed', plan: 'pro' }],
    [
      'the higher of two',
      of([item('price_max', 'p'), item('price_pro', 'p')]),
      'pro',
      true,
      { owner: 'listed', plan: 'max' },
    ],
    [
      'the higher, in any order',
      of([item('price_pro', 'p'), item('price_max', 'p')]),
      null,
      true,
      { owner: 'listed', plan: 'max' },
    ],
    ['a listed product', of([mug, next]), null, true, { owner: 'unlisted', plan: null, item: next }],
    ['a listed product that is stored', of([next]), 'max', true, { owner: 'unlisted', plan: 'max', item: next }],
    ['what was stored', of([mug]), 'max', true, { owner: 'unlisted', plan: 'max', item: mug }],
    [
      'a new price of ours beside a lower one',
      of([item('price_pro', 'p'), next]),
      'max',
      true,
      { plan: 'max', item: next },
    ],
    ['a new price of ours beside the same plan', of([item('price_max', 'p'), next]), 'max', true, { owner: 'listed' }],
    [
      'a listed price of a listed product',
      of([item('price_pro', 'prod_max')]),
      'max',
      true,
      { owner: 'listed', plan: 'pro' },
    ],
    [
      'a new price of ours, never stored',
      of([item('price_pro', 'p'), next]),
      null,
      true,
      { owner: 'listed', plan: 'pro' },
    ],
    [
      'another product beside a lower one',
      of([item('price_pro', 'p'), mug]),
      'max',
      true,
      { owner: 'listed', plan: 'pro' },
    ],
    ['our metadata', of([mug], { discord_id: '7' }), null, true, { owner: 'unlisted', plan: null, item: mug }],
    ['metadata that is no id', of([mug], { discord_id: 'x' }), null, true, { owner: 'foreign' }],
    ['another product', of([mug]), null, true, { owner: 'foreign' }],
    ['another product, while nobody can say', of([mug]), null, false, { owner: 'undecided' }],
    ['a listed product, while nobody can say', of([next]), null, false, { owner: 'unlisted' }],
  ])('%s', (_name, subscription, storedPlan, complete, expected) => {
    expect(ownershipOf(subscription, storedPlan, { ...listed, complete })).toMatchObject(expected);
  });
});

describe('a subscription of Stripe is kept', () => {
  const item = {
    price: {
      id: 'price_pro',
      unit_amount: 999,
      currency: 'eur',
      tax_behavior: 'inclusive',
      transform_quantity: null,
      recurring: { interval: 'month', interval_count: 3, usage_type: 'licensed' },
    },
    quantity: 2,
    discounts: [],
    tax_rates: [],
    current_period_start: 1_000,
    current_period_end: 2_000,
  };
  const shaped = (more: object) => stripeSubscription({ items: { data: [item] }, created: 500, ...more });
  const kept = {
    subscriptionId: 'sub_1',
    customerId: 'cus_1',
    status: 'active',
    priceId: 'price_pro',
    plan: 'pro',
    interval: 'month',
    intervalCount: 3,
    amount: 1_998,
    currency: 'eur',
    amountDue: null,
    actionRequired: false,
    currentPeriodStart: new Date(1_000_000),
    currentPeriodEnd: new Date(2_000_000),
    paidUntil: new Date(2_000_000),
    cancelAtPeriodEnd: false,
    collectionPaused: false,
    collectionResumesAt: null,
    endedAt: null,
    createdAt: new Date(500_000),
  };
  const items = (...more: object[]) => ({ items: { data: more.map((each) => ({ ...item, ...each })) } });
  const recurring = (more: object) => ({ price: { ...item.price, recurring: { ...item.price.recurring, ...more } } });
  const priced = (unitAmount: number | null) => ({ price: { ...item.price, unit_amount: unitAmount } });
  it.each<readonly [string, object, object]>([
    ['as it is', {}, {}],
    ['with its customer', { customer: { id: 'cus_2' } }, { customerId: 'cus_2' }],
    [
      'that ends early',
      { cancel_at: 1_500 },
      { currentPeriodEnd: new Date(1_500_000), paidUntil: new Date(1_500_000), cancelAtPeriodEnd: true },
    ],
    ['that ends later', { cancel_at: 2_500 }, { currentPeriodEnd: new Date(2_500_000), cancelAtPeriodEnd: true }],
    ['that ends with its period', { cancel_at_period_end: true }, { cancelAtPeriodEnd: true }],
    ['that is not collected', { pause_collection: {} }, { collectionPaused: true }],
    [
      'until',
      { pause_collection: { resumes_at: 7 } },
      { collectionPaused: true, collectionResumesAt: new Date(7_000) },
    ],
    ['that has ended', { ended_at: 9 }, { endedAt: new Date(9_000) }],
    ['of several items', items({}, priced(1)), { amount: 2_000 }],
    ['of an item with a period of its own', items({}, { current_period_end: 9_000 }), {}],
    ['of one without a quantity', items({ quantity: undefined }), { amount: 999 }],
    ['billed by use', items(priced(null)), { amount: null }],
    ['billed by use at a price', items(recurring({ usage_type: 'metered' })), { amount: null }],
    ['with a price for so many at once', items({ price: { ...item.price, transform_quantity: {} } }), { amount: null }],
    ['in another currency than its price', { currency: 'usd' }, { amount: null, currency: 'usd' }],
    ['with a discount', { discounts: ['di_1'] }, { amount: null }],
    ['with a discount of an item', items({ discounts: ['di_1'] }), { amount: null }],
    ['with a discount of its customer', { customer: { id: 'cus_1', discount: { id: 'di_1' } } }, { amount: null }],
    ['with a tax in its price', { automatic_tax: { enabled: true } }, {}],
    [
      'with a tax beside its price',
      { automatic_tax: { enabled: true }, ...items({ price: { ...item.price, tax_behavior: 'exclusive' } }) },
      { amount: null },
    ],
    ['with no tax', items({ price: { ...item.price, tax_behavior: 'exclusive' } }), {}],
    ['with a tax rate in its price', { default_tax_rates: [{ inclusive: true }] }, {}],
    ['with a tax rate beside its price', { default_tax_rates: [{ inclusive: false }] }, { amount: null }],
    ['with a tax rate of an item', items({ tax_rates: [{ inclusive: false }] }), { amount: null }],
    ['with an open invoice', { latest_invoice: { status: 'open', amount_remaining: 5 } }, { amountDue: 5 }],
    ['with a paid invoice', { latest_invoice: { status: 'paid', amount_remaining: 5 } }, {}],
    ['with the id of an invoice', { latest_invoice: 'in_1' }, {}],
  ])('%s', (_name, more, expected) => {
    const subscription = shaped(more);
    const [first] = subscription.items.data;
    if (first === undefined) throw new Error('No item');
    const ownership = { owner: 'listed', plan: 'pro', item: first } as const;
    expect(shapeSubscription(subscription, ownership)).toEqual({ ...kept, ...expected });
    expect(shapeSubscription(subscription, ownership, true).actionRequired).toBe(true);
  });

  it('of which no item is ours any more', () => {
    const subscription = shaped({ items: { data: [] } });
    expect(shapeSubscription(subscription, { owner: 'unlisted', plan: null, item: undefined })).toMatchObject({
      priceId: null,
      interval: null,
      intervalCount: null,
      currentPeriodStart: null,
      currentPeriodEnd: null,
      amount: 0,
    });
  });
});

describe('money that goes back is read from', () => {
  const event = (type: string, object: object) =>
    ({ id: 'evt_1', type, livemode: true, created: 3, data: { object } }) as unknown as Stripe.Event;
  const charge = { id: 'ch_1', payment_intent: { id: 'pi_1' }, amount_refunded: 5, currency: 'eur', customer: 'cus_1' };
  const refund = { charge: 'ch_1', payment_intent: 'pi_1', amount: 5, currency: 'eur' };
  const dispute = { ...refund, charge: { id: 'ch_1' } };
  const read = {
    eventId: 'evt_1',
    livemode: true,
    createdAt: new Date(3_000),
    chargeId: 'ch_1',
    paymentIntentId: 'pi_1',
    amount: 5,
    currency: 'eur',
    customerId: null,
  };
  it.each<readonly [string, object, object | null]>([
    ['charge.refunded', { ...charge, refunded: true }, { kind: 'refund', customerId: 'cus_1' }],
    ['charge.refunded', { ...charge, refunded: false }, { kind: 'partial_refund', customerId: 'cus_1' }],
    [
      'charge.refunded',
      { ...charge, customer: null, payment_intent: null },
      { kind: 'partial_refund', paymentIntentId: null },
    ],
    ['refund.failed', refund, { kind: 'refund_failed' }],
    ['refund.failed', { ...refund, id: 're_1', charge: null }, { kind: 'refund_failed', chargeId: 're_1' }],
    ['charge.dispute.funds_withdrawn', { ...dispute, status: 'lost' }, { kind: 'dispute' }],
    ['charge.dispute.closed', { ...dispute, status: 'won' }, { kind: 'dispute_won' }],
    ['charge.dispute.closed', { ...dispute, status: 'lost' }, { kind: 'dispute_lost' }],
    ['charge.dispute.closed', { ...dispute, status: 'warning_closed' }, null],
    ['charge.dispute.created', { ...dispute, status: 'needs_response' }, null],
    ['charge.succeeded', charge, null],
  ])('%s %j', (type, object, expected) => {
    expect(readRefund(event(type, object))).toEqual(expected && { ...read, ...expected });
  });
});
