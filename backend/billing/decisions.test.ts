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
import { ownershipOf, ownItems } from './ownership.ts';
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

describe('the effective entitlement', () => {
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
  it.each(Object.entries(STATUSES))('for the status %s is the plan %s', (status, plan) => {
    const effective = effectiveEntitlement([sub({ status, paidUntil: at(1) })], rules, NOW);
    expect(effective).toMatchObject({ plan, paymentLate: status === 'past_due' });
    expect(effective.subscription?.subscriptionId).toBe(plan === 'free' ? undefined : 'sub_1');
  });

  it('for an active subscription without a known plan is free', () => {
    expect(effectiveEntitlement([sub({ plan: null })], rules, NOW)).toMatchObject({ plan: 'free', subscription: null });
  });

  it.each<readonly [string, Partial<Entitling>, Partial<Entitling>]>([
    ['the higher plan', { plan: 'max', status: 'past_due', paidPlan: 'max', paidUntil: at(1) }, {}],
    ['a plan that is no longer listed', { plan: 'gone' }, { plan: 'max' }],
    ['the paid one over the past-due one', { cancelAtPeriodEnd: true }, { status: 'past_due', paidUntil: at(1) }],
    ['the one that renews', { currentPeriodEnd: at(1) }, { cancelAtPeriodEnd: true }],
    ['the one with the later period end', { currentPeriodEnd: at(21) }, {}],
    ['the one with a period end', {}, { currentPeriodEnd: null }],
    ['the one with a plan', {}, { plan: null }],
    ['the active one over the unpaid one', {}, { plan: 'max', status: 'unpaid' }],
    ['the plan that is paid', { plan: 'pro' }, { plan: 'max', status: 'past_due', paidPlan: 'free', paidUntil: at(1) }],
  ])('chooses %s, in any order', (_name, better, worse) => {
    const both = [sub({ ...better, subscriptionId: 'better' }), sub({ ...worse, subscriptionId: 'worse' })];
    for (const held of [both, both.toReversed()])
      expect(effectiveEntitlement(held, rules, NOW).subscription?.subscriptionId).toBe('better');
  });

  it('chooses the first of two equal subscriptions', () => {
    const both = [sub({ subscriptionId: 'a' }), sub({ subscriptionId: 'b' })];
    expect(effectiveEntitlement(both, rules, NOW).subscription?.subscriptionId).toBe('a');
  });

  it.each<readonly [string, Partial<Entitling>, Date | null]>([
    ['for the grace, counted from pastDueSince', { pastDueSince: at(-3) }, at(4)],
    ['for the grace, counted from the period start without pastDueSince', { currentPeriodStart: at(-3) }, at(4)],
    ['until paidUntil if that is later than the grace', { pastDueSince: at(-3), paidUntil: at(5) }, at(5)],
    ['for the grace if paidUntil is earlier', { pastDueSince: at(-3), paidUntil: at(3) }, at(4)],
    ['until paidUntil if nothing else is known', { currentPeriodStart: null, paidUntil: at(2) }, at(2)],
    ['for no time if nothing is known', { currentPeriodStart: null }, null],
  ])('keeps a past-due plan %s', (_name, more, end) => {
    const late = sub({ status: 'past_due', ...more });
    expect(lateEnd(late, GRACE_MS)).toEqual(end);
    const planAt = (now: Date) => effectiveEntitlement([late], rules, now).plan;
    expect(planAt(end ?? NOW)).toBe('free');
    if (end !== null) expect(planAt(new Date(end.getTime() - 1))).toBe('pro');
  });

  it('keeps the paid plan and its billing interval while a payment is late', () => {
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
    ['the higher of two grants, listed first', ['max', 'pro'], undefined, 'max', 'grant'],
    ['a grant of a higher plan than the subscription', ['max'], 'pro', 'max', 'grant'],
    ['a subscription of the same plan as the grant', ['pro'], 'pro', 'pro', 'subscription'],
    ['a subscription of a higher plan than the grant', ['pro'], 'max', 'max', 'subscription'],
    ['nothing for a grant of the free plan', ['free'], undefined, 'free', 'nothing'],
  ])('chooses %s', (_name, granted, plan, expected, source) => {
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

describe('the time of the next check', () => {
  const yearly = { interval: 'year', currentPeriodEnd: at(20) };
  it.each<readonly [string, readonly Partial<Entitling>[], Date | null]>([
    ['never without a subscription', [], null],
    ['never for an ended subscription', [{ status: 'canceled' }], null],
    ['never for an incomplete subscription', [{ status: 'incomplete' }], null],
    ['never without a period end', [{ currentPeriodEnd: null }], null],
    ['two hours after the period end', [{}], at(20, 2 * HOUR_MS)],
    ['in two hours if that time has passed', [{ currentPeriodEnd: at(0, -2 * HOUR_MS) }], at(0, 2 * HOUR_MS)],
    ['two hours after the paid period if the scheduled end is later', [{ paidUntil: at(3) }], at(3, 2 * HOUR_MS)],
    ['at that time, even one millisecond away', [{ currentPeriodEnd: at(0, -2 * HOUR_MS + 1) }], at(0, 1)],
    ['at the end of the grace', [{ status: 'past_due', pastDueSince: at(-3) }], at(4)],
    ['in two hours if the grace has ended', [{ status: 'past_due', pastDueSince: at(-8) }], at(0, 2 * HOUR_MS)],
    ['three days before a trial ends', [{ status: 'trialing' }], at(17)],
    ['seven days before a yearly period ends', [yearly], at(13)],
    ['two hours after the end once the reminder is due', [{ ...yearly, currentPeriodEnd: at(7) }], at(7, 2 * HOUR_MS)],
    ['at the reminder, even one millisecond away', [{ ...yearly, currentPeriodEnd: at(7, 1) }], at(0, 1)],
    ['at the earliest of several times', [{}, { currentPeriodEnd: at(3) }, { status: 'canceled' }], at(3, 2 * HOUR_MS)],
  ])('%s', (_name, held, moment) => {
    expect(nextCheckAt(held.map(sub), GRACE_MS, NOW)).toEqual(moment);
  });
});

describe('a reminder', () => {
  const DUE = { trial_ending: 3, renewal_soon: 7 } as const;
  it.each<readonly [string, Partial<Entitling> & { collectionPaused?: boolean }, keyof typeof DUE | null]>([
    ['a trial', { status: 'trialing' }, 'trial_ending'],
    ['a yearly trial', { status: 'trialing', interval: 'year' }, 'trial_ending'],
    ['a yearly subscription', { interval: 'year' }, 'renewal_soon'],
    ['a twelve-month interval', { interval: 'month', intervalCount: 12 }, 'renewal_soon'],
    ['an eleven-month interval', { interval: 'month', intervalCount: 11 }, null],
    ['a monthly subscription', { interval: 'month' }, null],
    ['a monthly subscription stored by an older version', { interval: 'month', intervalCount: null }, null],
    ['a twelve-week interval', { interval: 'week', intervalCount: 12 }, null],
    ['a past-due yearly subscription', { interval: 'year', status: 'past_due' }, null],
    ['a yearly subscription with a scheduled end', { interval: 'year', cancelAtPeriodEnd: true }, null],
    [
      'a yearly subscription with a scheduled end after the next renewal',
      { interval: 'year', cancelAtPeriodEnd: true, currentPeriodEnd: at(400), paidUntil: at(20) },
      'renewal_soon',
    ],
    ['a yearly subscription with paused collection', { interval: 'year', collectionPaused: true }, null],
    ['a yearly subscription without paused collection', { interval: 'year', collectionPaused: false }, 'renewal_soon'],
    ['a yearly subscription without a period end', { interval: 'year', currentPeriodEnd: null }, null],
  ])('for %s: %o', (_name, more, change) => {
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
  it('is null without a subscription', () => expect(dueReminder(null, null, NOW)).toBeNull());
});

describe('the stored payment state', () => {
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
    ['active, unseen', { ...late, status: 'active' }, undefined, { ...nothing, paidPlan: 'max', paidUntil: at(29) }],
    [
      'trialing after past due',
      { ...late, status: 'trialing' },
      { ...late, ...known },
      { ...nothing, paidPlan: 'max', paidUntil: at(29) },
    ],
    ['past due, unseen', late, undefined, { ...nothing, pastDueSince: at(-1) }],
    ['unpaid, unseen', { ...late, status: 'unpaid' }, undefined, nothing],
    [
      'past due since the new period',
      late,
      { ...paid, ...nothing },
      { pastDueSince: at(-1), paidPlan: 'pro', paidUntil: at(-1) },
    ],
    [
      'past due within a period',
      { ...late, currentPeriodStart: at(-31) },
      { ...paid, ...nothing },
      { pastDueSince: NOW, paidPlan: 'pro', paidUntil: at(-1) },
    ],
    [
      'past due, fetched without a period start',
      { ...late, currentPeriodStart: null },
      { ...paid, ...nothing },
      { ...known, pastDueSince: NOW, paidUntil: at(-1) },
    ],
    [
      'past due, stored without a period start',
      late,
      { ...paid, ...nothing, currentPeriodStart: null },
      { ...known, pastDueSince: NOW, paidUntil: at(-1) },
    ],
    [
      'unpaid after active',
      { ...late, status: 'unpaid' },
      { ...paid, ...nothing },
      { ...nothing, paidPlan: 'pro', paidUntil: at(-1) },
    ],
    [
      'past due, stored with paidUntil',
      late,
      { ...paid, ...nothing, paidUntil: at(-2) },
      { ...known, pastDueSince: at(-1), paidUntil: at(-2) },
    ],
    ['still past due', late, { ...late, ...known }, known],
    ['unpaid after past due', { ...late, status: 'unpaid' }, { ...late, ...known }, known],
    [
      'past due, stored by an older version',
      late,
      { ...late, ...nothing, currentPeriodStart: at(-6) },
      { ...nothing, pastDueSince: at(-6) },
    ],
    [
      'past due, stored by an older version without a period start',
      late,
      { ...late, ...nothing, currentPeriodStart: null },
      { ...nothing, pastDueSince: at(-1) },
    ],
    ['past due, ended before', late, { ...late, ...known, status: 'canceled' }, { ...nothing, pastDueSince: at(-1) }],
    ['ended, ended before', { ...late, status: 'canceled' }, { ...paid, ...known, status: 'canceled' }, known],
    ['unpaid, stored by an older version', { ...late, status: 'unpaid' }, { ...late, ...nothing }, nothing],
  ] as const)('%s', (_name, fetched, stored, expected) => {
    expect(remember(fetched, stored, NOW)).toEqual(expected);
  });
});

describe('the notices of a transition', () => {
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
    ['a new grant', free, granted, 'granted', [true, 'granted']],
    ['an ended grant', granted, free, 'grant_ended', [true, 'grant_ended']],
    ['an ended grant above a lower paid plan', { ...granted, plan: 'max' }, paid, 'grant_ended', [true, 'grant_ended']],
    ['a grant of the plan that is paid', paid, paid, 'granted', [false]],
    ['a granted plan that is now paid', granted, paid, undefined, [false, 'subscription_created']],
    ['a paid plan that is now granted', paid, granted, undefined, [false]],
    ['a granted plan with a new scheduled end', granted, { ...granted, cancelsAtPeriodEnd: true }, undefined, [false]],
    ['a changed interval count', paid, { ...paid, intervalCount: 3 }, undefined, [false, 'interval_changed']],
    ['an interval count stored for the first time', { ...paid, intervalCount: null }, paid, undefined, [false]],
    ['an interval count that is no longer known', paid, { ...paid, intervalCount: null }, undefined, [false]],
    ['a free plan with a late payment', free, { ...free, paymentLate: true }, undefined, [false]],
  ] as const)('for %s', (_name, before, after, because, expected) => {
    expect(said(before, after, because)).toEqual(expected);
  });

  it.each([
    ['cancellation_scheduled', at(20)],
    ['granted', at(5)],
    ['payment_late', at(3)],
    ['payment_recovered', null],
    [null, null],
  ] as const)('for the change %s take effect at %o', (change, moment) => {
    const notice = { action: 'subscription_updated', plan: 'pro', change } as const;
    const known = { source: sub(), lateEndsAt: at(3), grant: { plan: 'pro', endsAt: at(5) } };
    expect(effectiveAt(notice, known)).toEqual(moment);
    expect(effectiveAt(notice, { source: null, lateEndsAt: null, grant: null })).toBeNull();
  });
});

describe('the ownership of a subscription', () => {
  const item = (price: string, product: string) => ({ price: { id: price, product } });
  const of = (items: object[], metadata = {}) =>
    ({ items: { data: items }, metadata }) as unknown as Pick<Stripe.Subscription, 'items' | 'metadata'>;
  const mug = item('price_mug', 'prod_mug');
  const next = item('price_next', 'prod_max');
  const listed = { plans, products: new Set(['prod_max']), complete: true };
  it.each<readonly [string, ReturnType<typeof of>, string | null, boolean, object]>([
    ['with a listed price', of([mug, item('price_pro', 'p')]), null, true, { owner: 'listed', plan: 'pro' }],
    [
      'with two listed prices, the higher first',
      of([item('price_max', 'p'), item('price_pro', 'p')]),
      'pro',
      true,
      { owner: 'listed', plan: 'max' },
    ],
    [
      'with two listed prices, the lower first',
      of([item('price_pro', 'p'), item('price_max', 'p')]),
      null,
      true,
      { owner: 'listed', plan: 'max' },
    ],
    ['with a listed product', of([mug, next]), null, true, { owner: 'unlisted', plan: null, item: next }],
    ['with a listed product and stored plan', of([next]), 'max', true, { owner: 'unlisted', plan: 'max', item: next }],
    ['with a foreign product and stored plan', of([mug]), 'max', true, { owner: 'unlisted', plan: 'max', item: mug }],
    [
      'with our new price beside a lower plan',
      of([item('price_pro', 'p'), next]),
      'max',
      true,
      { plan: 'max', item: next },
    ],
    ['with our new price beside the same plan', of([item('price_max', 'p'), next]), 'max', true, { owner: 'listed' }],
    [
      'with a listed price of a listed product',
      of([item('price_pro', 'prod_max')]),
      'max',
      true,
      { owner: 'listed', plan: 'pro' },
    ],
    [
      'with our new price, never stored',
      of([item('price_pro', 'p'), next]),
      null,
      true,
      { owner: 'listed', plan: 'pro' },
    ],
    [
      'with a foreign product beside a lower plan',
      of([item('price_pro', 'p'), mug]),
      'max',
      true,
      { owner: 'listed', plan: 'pro' },
    ],
    ['with our metadata', of([mug], { discord_id: '7' }), null, true, { owner: 'unlisted', plan: null, item: mug }],
    ['with metadata that is no Discord id', of([mug], { discord_id: 'x' }), null, true, { owner: 'foreign' }],
    ['with a foreign product', of([mug]), null, true, { owner: 'foreign' }],
    ['with a foreign product while our products are not all known', of([mug]), null, false, { owner: 'undecided' }],
    ['with a listed product while our products are not all known', of([next]), null, false, { owner: 'unlisted' }],
  ])('%s', (_name, subscription, storedPlan, complete, expected) => {
    expect(ownershipOf(subscription, storedPlan, { ...listed, complete })).toMatchObject(expected);
  });
});

describe('the items of a subscription that are ours', () => {
  const item = (id: string, product: string) => ({ price: { id, product } });
  type Item = ReturnType<typeof item>;
  const ours = item('price_pro', 'prod_pro');
  const next = item('price_next', 'prod_max');
  const mug = item('price_mug', 'prod_mug');
  const mat = item('price_mat', 'prod_mat');
  const listed = { plans, products: new Set(['prod_max']), complete: true };
  it.each<readonly [string, Item[], Item[] | undefined, Item[] | undefined]>([
    ['all of them', [ours, next], [ours, next], [ours, next]],
    ['the only one, whatever it is', [mug], [mug], [mug]],
    ['those beside foreign ones, once the products are known', [mug, ours, next], [ours, next], undefined],
    ['all of them, if it is ours by its metadata alone', [mug, mat], [mug, mat], undefined],
  ])('are %s', (_name, items, known, unknown) => {
    expect(ownItems(items, listed)).toEqual(known);
    expect(ownItems(items, { ...listed, complete: false })).toEqual(unknown);
  });
});

describe('the stored form of a Stripe subscription', () => {
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
    ['with a plain item', {}, {}],
    ['with an expanded customer', { customer: { id: 'cus_2' } }, { customerId: 'cus_2' }],
    [
      'with earlier cancel_at',
      { cancel_at: 1_500 },
      { currentPeriodEnd: new Date(1_500_000), paidUntil: new Date(1_500_000), cancelAtPeriodEnd: true },
    ],
    ['with later cancel_at', { cancel_at: 2_500 }, { currentPeriodEnd: new Date(2_500_000), cancelAtPeriodEnd: true }],
    ['with cancel_at_period_end', { cancel_at_period_end: true }, { cancelAtPeriodEnd: true }],
    ['with paused collection', { pause_collection: {} }, { collectionPaused: true }],
    [
      'with collection paused until a date',
      { pause_collection: { resumes_at: 7 } },
      { collectionPaused: true, collectionResumesAt: new Date(7_000) },
    ],
    ['with ended_at', { ended_at: 9 }, { endedAt: new Date(9_000) }],
    ['with several items', items({}, priced(1)), { amount: 2_000 }],
    ['with an item that has another period', items({}, { current_period_end: 9_000 }), {}],
    ['with an item without a quantity', items({ quantity: undefined }), { amount: 999 }],
    ['with a price without a unit amount', items(priced(null)), { amount: null }],
    ['with a metered price', items(recurring({ usage_type: 'metered' })), { amount: null }],
    ['with a price per package', items({ price: { ...item.price, transform_quantity: {} } }), { amount: null }],
    ['in another currency than its price', { currency: 'usd' }, { amount: null, currency: 'usd' }],
    ['with a discount', { discounts: ['di_1'] }, { amount: null }],
    ['with a discount on an item', items({ discounts: ['di_1'] }), { amount: null }],
    ['with a discount on the customer', { customer: { id: 'cus_1', discount: { id: 'di_1' } } }, { amount: null }],
    ['with a tax included in the price', { automatic_tax: { enabled: true } }, {}],
    [
      'with a tax on top of the price',
      { automatic_tax: { enabled: true }, ...items({ price: { ...item.price, tax_behavior: 'exclusive' } }) },
      { amount: null },
    ],
    ['with no tax', items({ price: { ...item.price, tax_behavior: 'exclusive' } }), {}],
    ['with an inclusive tax rate', { default_tax_rates: [{ inclusive: true }] }, {}],
    ['with an exclusive tax rate', { default_tax_rates: [{ inclusive: false }] }, { amount: null }],
    ['with an exclusive tax rate on an item', items({ tax_rates: [{ inclusive: false }] }), { amount: null }],
    ['with an open invoice', { latest_invoice: { status: 'open', amount_remaining: 5 } }, { amountDue: 5 }],
    ['with a paid invoice', { latest_invoice: { status: 'paid', amount_remaining: 5 } }, {}],
    ['with an invoice that is not expanded', { latest_invoice: 'in_1' }, {}],
  ])('%s', (_name, more, expected) => {
    const subscription = shaped(more);
    const [first] = subscription.items.data;
    if (first === undefined) throw new Error('No item');
    const ownership = { owner: 'listed', plan: 'pro', item: first } as const;
    expect(shapeSubscription(subscription, ownership)).toEqual({ ...kept, ...expected });
    expect(shapeSubscription(subscription, ownership, true).actionRequired).toBe(true);
  });

  it('without any item of ours', () => {
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

describe('refunds and disputes read from', () => {
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
