import type Stripe from 'stripe';
import { describe, expect, it } from 'vitest';
import { goesOn, type Held, type Standing, standingOf } from './standing.ts';

/* The user's standing in each state of a Stripe subscription, and with several subscriptions. */

const NOW = new Date('2026-03-01T12:00:00Z');
const DAY_MS = 24 * 60 * 60 * 1_000;
const at = (days: number) => new Date(NOW.getTime() + days * DAY_MS);
const GRACE_MS = 7 * DAY_MS;
const held = (more: Partial<Held> = {}): Held => ({
  subscriptionId: 'sub_1',
  customerId: 'cus_1',
  status: 'active',
  priceId: 'price_pro',
  plan: 'pro',
  interval: 'month',
  intervalCount: 1,
  amount: 999,
  currency: 'eur',
  amountDue: 500,
  currentPeriodStart: at(-10),
  currentPeriodEnd: at(20),
  cancelAtPeriodEnd: false,
  pastDueSince: at(-3),
  paidPlan: null,
  paidUntil: null,
  actionRequired: false,
  collectionPaused: false,
  collectionResumesAt: null,
  endedAt: null,
  createdAt: at(-10),
  ...more,
});
const PRO = { plan: 'pro', subscriptionId: 'sub_1' };
const FREE = { plan: 'free', subscriptionId: 'sub_1' };
const standing = (user: Parameters<typeof standingOf>[0], ...all: readonly Held[]): Standing =>
  standingOf(user, all, GRACE_MS, NOW);
const shown = ({ state, button, at: date, amount, plan }: Standing) => [
  state,
  button,
  date,
  amount?.amount ?? null,
  plan,
];

describe('the standing of a subscription', () => {
  const first = new Date(at(-10).getTime() + 23 * 60 * 60 * 1_000);
  /** The standing for every status: once for a user it entitles, once for a user it does not. */
  const STATUSES: Readonly<Record<Stripe.Subscription.Status, readonly [paid: unknown[], free: unknown[]]>> = {
    active: [
      ['active', 'manage', at(20), 999, 'pro'],
      ['active', 'manage', at(20), 999, 'pro'],
    ],
    trialing: [
      ['trial', 'manage', at(20), 999, 'pro'],
      ['trial', 'manage', at(20), 999, 'pro'],
    ],
    past_due: [
      ['late', 'pay', at(4), 500, 'pro'],
      ['lapsed', 'pay', null, 500, 'pro'],
    ],
    unpaid: [
      ['granted', 'plans', null, null, 'pro'],
      ['unpaid', 'pay', null, 500, 'pro'],
    ],
    paused: [
      ['granted', 'plans', null, null, 'pro'],
      ['paused', 'pay', null, 500, 'pro'],
    ],
    incomplete: [
      ['granted', 'plans', null, null, 'pro'],
      ['incomplete', 'finish', first, 500, 'pro'],
    ],
    canceled: [
      ['granted', 'plans', null, null, 'pro'],
      ['ended', 'plans', null, null, 'pro'],
    ],
    incomplete_expired: [
      ['granted', 'plans', null, null, 'pro'],
      ['none', 'plans', null, null, null],
    ],
  };
  it.each(Object.entries(STATUSES))('that is %s', (status, [paid, free]) => {
    expect(shown(standing(PRO, held({ status })))).toEqual(paid);
    expect(shown(standing(FREE, held({ status })))).toEqual(free);
    const other = standing(FREE, held({ status }));
    expect(goesOn(other)).toBe(!['none', 'ended'].includes(other.state));
  });

  it.each<readonly [string, Partial<Held>, unknown[]]>([
    ['has an end date', { cancelAtPeriodEnd: true, collectionPaused: true }, ['ending', 'keep', at(20), null, 'pro']],
    [
      'has paused collection',
      { collectionPaused: true, collectionResumesAt: at(9) },
      ['collection_paused', 'manage', at(9), 999, 'pro'],
    ],
    ['is a trial that ends', { status: 'trialing', cancelAtPeriodEnd: true }, ['ending', 'keep', at(20), null, 'pro']],
    ['needs bank approval', { status: 'past_due', actionRequired: true }, ['confirm', 'confirm', at(4), 500, 'pro']],
    ['has no amount', { amount: null }, ['active', 'manage', at(20), null, 'pro']],
    ['has no currency', { currency: null }, ['active', 'manage', at(20), null, 'pro']],
    ['costs nothing', { amount: 0 }, ['active', 'manage', at(20), 0, 'pro']],
  ])('that %s', (_name, more, expected) => {
    expect(shown(standing(PRO, held(more)))).toEqual(expected);
  });

  it.each<readonly [string, Partial<Held>, unknown[]]>([
    ['is paused with nothing due', { status: 'paused', amountDue: null }, ['paused', 'resume', null, null, 'pro']],
    ['has an unknown status', { status: 'frozen' }, ['other', 'manage', null, null, 'pro']],
    ['has ended', { status: 'canceled', endedAt: at(-1) }, ['ended', 'plans', at(-1), null, 'pro']],
    ['has ended at period end', { status: 'canceled', currentPeriodEnd: NOW }, ['ended', 'plans', NOW, null, 'pro']],
    [
      'has ended before period end',
      { status: 'canceled', currentPeriodEnd: at(1) },
      ['ended', 'plans', null, null, 'pro'],
    ],
    [
      'has ended without a period end',
      { status: 'canceled', currentPeriodEnd: null },
      ['ended', 'plans', null, null, 'pro'],
    ],
    ['has no plan', { plan: null }, ['none', 'plans', null, null, null]],
  ])('that no longer gives a plan and %s', (_name, more, expected) => {
    expect(shown(standing(FREE, held(more)))).toEqual(expected);
  });
});

describe('the standing of several subscriptions', () => {
  const named = (subscriptionId: string, more: Partial<Held> = {}) => held({ subscriptionId, ...more });
  const chosen = (user: Parameters<typeof standingOf>[0], ...all: readonly Held[]) => {
    const [one, other] = [standing(user, ...all), standing(user, ...all.toReversed())];
    expect(one.subscription?.subscriptionId).toBe(other.subscription?.subscriptionId);
    return [one.subscription?.subscriptionId, one.others.map(({ subscriptionId }) => subscriptionId)];
  };
  it('is that of the one that gives the plan, with the other live ones listed', () => {
    const all = [
      named('sub_2', { createdAt: at(-1) }),
      named('sub_1', { status: 'past_due' }),
      named('sub_3', { status: 'canceled' }),
    ];
    expect(chosen(PRO, ...all)).toEqual(['sub_1', ['sub_2']]);
  });
  it('is that of the most urgent status for a free user, then of the newest', () => {
    const byUrgency = ['active', 'trialing', 'past_due', 'unpaid', 'paused', 'incomplete', 'frozen'];
    for (let from = 0; from < byUrgency.length - 1; from += 1) {
      const [better = '', worse = ''] = byUrgency.slice(from);
      // `b` is newer, but its status ranks lower.
      expect(chosen(FREE, named('a', { status: better }), named('b', { status: worse, createdAt: at(0) }))).toEqual([
        'a',
        ['b'],
      ]);
    }
    expect(chosen(FREE, named('a', { status: 'unpaid' }), named('b', { status: 'unpaid', createdAt: at(-1) }))).toEqual(
      ['b', ['a']],
    );
  });
  it('is that of the newest if all have ended', () => {
    const ended = { status: 'canceled' };
    expect(chosen(FREE, named('a', ended), named('b', { ...ended, createdAt: at(-1) }))).toEqual(['b', []]);
    expect(chosen(FREE, named('a', { status: 'unpaid' }), named('b', { ...ended, createdAt: at(-1) }))).toEqual([
      'a',
      [],
    ]);
  });
});

it('the standing of a grant shows its end and no amount', () => {
  const user = { plan: 'max', subscriptionId: null, grantedUntil: at(5) };
  expect(shown(standing(user))).toEqual(['granted', 'plans', at(5), null, 'max']);
  const beside = standing(user, held());
  expect([shown(beside), beside.subscription, beside.others.length, goesOn(beside)]).toEqual([
    ['granted', 'plans', at(5), null, 'max'],
    null,
    1,
    false,
  ]);
  expect(shown(standing({ plan: 'free', subscriptionId: null }))).toEqual(['none', 'plans', null, null, null]);
});
