import { describe, expect, it } from 'vitest';
import { type Held, type Standing, standingOf } from '../../billing/standing.ts';
import { TEXTS } from '../language/language.ts';
import { standingSentence } from './standing-parts.ts';

const NOW = new Date('2026-06-15T12:00:00Z');
const DAY_MS = 24 * 60 * 60 * 1000;
const GRACE_MS = 7 * DAY_MS;
const daysFromNow = (days: number) => new Date(NOW.getTime() + days * DAY_MS);

let next = 0;
const held = (more: Partial<Held> = {}): Held => {
  next += 1;
  return {
    subscriptionId: `sub_${next}`,
    customerId: 'cus_1',
    status: 'active',
    priceId: 'price_max',
    plan: 'moddy_max',
    interval: 'month',
    intervalCount: 1,
    amount: 999,
    currency: 'eur',
    amountDue: null,
    currentPeriodStart: daysFromNow(-10),
    currentPeriodEnd: daysFromNow(20),
    cancelAtPeriodEnd: false,
    pastDueSince: null,
    paidPlan: null,
    paidUntil: null,
    actionRequired: false,
    collectionPaused: false,
    collectionResumesAt: null,
    endedAt: null,
    createdAt: daysFromNow(-100),
    ...more,
  };
};

const late = { status: 'past_due', pastDueSince: daysFromNow(-2), amountDue: 999 };
const ended = { status: 'canceled', endedAt: daysFromNow(-1) };

/** The user has the plan of the first subscription, or none. `shown` holds state, date, amount and button. */
const TABLE: readonly (readonly [
  name: string,
  subscriptions: readonly Partial<Held>[],
  entitled: boolean,
  shown: readonly [Standing['state'], Date | null, number | null, Standing['button']],
  others?: number,
])[] = [
  ['nobody bought anything', [], false, ['none', null, null, 'plans']],
  ['a plan without a subscription', [], true, ['granted', null, null, 'plans']],
  ['active', [{}], true, ['active', daysFromNow(20), 999, 'manage']],
  [
    'active with a discount, whose amount only Stripe knows',
    [{ amount: null }],
    true,
    ['active', daysFromNow(20), null, 'manage'],
  ],
  ['trial', [{ status: 'trialing' }], true, ['trial', daysFromNow(20), 999, 'manage']],
  [
    'cancelled at the end of the period',
    [{ cancelAtPeriodEnd: true }],
    true,
    ['ending', daysFromNow(20), null, 'keep'],
  ],
  [
    'a trial that was cancelled',
    [{ status: 'trialing', cancelAtPeriodEnd: true }],
    true,
    ['ending', daysFromNow(20), null, 'keep'],
  ],
  ['collection paused', [{ collectionPaused: true }], true, ['collection_paused', null, 999, 'manage']],
  [
    'collection paused until a date',
    [{ collectionPaused: true, collectionResumesAt: daysFromNow(40) }],
    true,
    ['collection_paused', daysFromNow(40), 999, 'manage'],
  ],
  [
    'collection paused and cancelled',
    [{ collectionPaused: true, cancelAtPeriodEnd: true }],
    true,
    ['ending', daysFromNow(20), null, 'keep'],
  ],
  ['late within the grace', [late], true, ['late', daysFromNow(5), 999, 'pay']],
  [
    'late, paid for longer than the grace',
    [{ ...late, paidUntil: daysFromNow(9) }],
    true,
    ['late', daysFromNow(9), 999, 'pay'],
  ],
  [
    'late, and the bank wants it confirmed',
    [{ ...late, actionRequired: true }],
    true,
    ['confirm', daysFromNow(5), 999, 'confirm'],
  ],
  ['late and cancelled', [{ ...late, cancelAtPeriodEnd: true }], true, ['late', daysFromNow(5), 999, 'pay']],
  ['late beyond the grace', [late], false, ['lapsed', null, 999, 'pay']],
  ['unpaid', [{ status: 'unpaid', amountDue: 999 }], false, ['unpaid', null, 999, 'pay']],
  ['unpaid, the newest invoice still a draft', [{ status: 'unpaid' }], false, ['unpaid', null, null, 'pay']],
  ['paused after a trial without a card', [{ status: 'paused' }], false, ['paused', null, null, 'resume']],
  [
    'resumed, and its first invoice declined',
    [{ status: 'paused', amountDue: 999 }],
    false,
    ['paused', null, 999, 'pay'],
  ],
  [
    'the first payment is not finished',
    [{ status: 'incomplete', amountDue: 999, createdAt: NOW }],
    false,
    ['incomplete', new Date(NOW.getTime() + 23 * 3_600_000), 999, 'finish'],
  ],
  ['the first payment was never made', [{ status: 'incomplete_expired' }], false, ['none', null, null, 'plans']],
  ['ended', [ended], false, ['ended', daysFromNow(-1), null, 'plans']],
  ['ended at once, stored by an older version', [{ status: 'canceled' }], false, ['ended', null, null, 'plans']],
  [
    'ended with its period, stored by an older version',
    [{ status: 'canceled', currentPeriodEnd: daysFromNow(-3) }],
    false,
    ['ended', daysFromNow(-3), null, 'plans'],
  ],
  ['a status that Stripe has added', [{ status: 'dormant' }], false, ['other', null, null, 'manage']],
  ['another product only', [{ plan: null }], false, ['none', null, null, 'plans']],
  ['another product beside ours', [{}, { plan: null }], true, ['active', daysFromNow(20), 999, 'manage']],
  [
    'another product late, ours ended',
    [ended, { ...late, plan: null }],
    false,
    ['ended', daysFromNow(-1), null, 'plans'],
  ],
  ['two of ours', [{}, { plan: 'moddy_pro' }], true, ['active', daysFromNow(20), 999, 'manage'], 1],
  ['ours, and a second one that is late', [{}, late], true, ['active', daysFromNow(20), 999, 'manage'], 1],
  [
    'two that give nothing: what can be saved first',
    [{ status: 'incomplete', createdAt: NOW }, late],
    false,
    ['lapsed', null, 999, 'pay'],
    1,
  ],
  [
    'one that ended, one not finished',
    [ended, { status: 'incomplete', amountDue: 999, createdAt: NOW }],
    false,
    ['incomplete', new Date(NOW.getTime() + 23 * 3_600_000), 999, 'finish'],
  ],
  [
    'two that ended: the newer',
    [{ ...ended, createdAt: daysFromNow(-9) }, ended],
    false,
    ['ended', daysFromNow(-1), null, 'plans'],
  ],
];

const standing = (subscriptions: readonly Partial<Held>[], entitled: boolean) => {
  const all = subscriptions.map(held);
  const user = entitled
    ? { plan: 'moddy_max', subscriptionId: all[0]?.subscriptionId ?? null }
    : { plan: 'free', subscriptionId: null };
  return standingOf(user, all, GRACE_MS, NOW);
};

describe('the standing of a user', () => {
  const cases = TABLE.map(([name, subscriptions, entitled, shown, others = 0]) => ({
    name,
    subscriptions,
    entitled,
    expected: shown,
    others,
  }));
  it.each(cases)('$name', ({ subscriptions, entitled, expected, others }) => {
    const [state, at, amount, button] = expected;
    const shown = standing(subscriptions, entitled);
    expect(shown).toMatchObject({ state, at, button });
    expect(shown.amount?.amount ?? null).toBe(amount);
    expect(shown.others).toHaveLength(others);
  });

  it.each(['en', 'fr'] as const)('is one sentence for every case in %s', async (language) => {
    const texts = TEXTS[language];
    const lines = TABLE.map(([name, subscriptions, entitled]) => {
      const shown = standing(subscriptions, entitled);
      return `${name}\n  [${texts.standing.badge[shown.state]}] ${standingSentence(shown, texts)} (${texts.standing.button[shown.button]})\n`;
    });
    const text = lines.join('\n');
    expect(text).not.toMatch(/undefined|null| {3}|\.\./);
    await expect(text).toMatchFileSnapshot(`golden/standing.${language}.txt`);
  });

  it('names the plan that was paid for while an upgrade is declined', () => {
    const subscription = held(late);
    const user = { plan: 'moddy_pro', subscriptionId: subscription.subscriptionId };
    expect(standingOf(user, [subscription], GRACE_MS, NOW)).toMatchObject({ state: 'late', plan: 'moddy_pro' });
  });
});
