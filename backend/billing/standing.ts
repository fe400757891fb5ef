import type { subscriptions } from '../database/schema.ts';
import { FREE } from '../plans.ts';
import { ENDED, lateEnd } from './entitlement.ts';

/*
 * The user's standing: one function from the stored state to the displayed one. The account page, `/subscribe`, the page
 * after a payment, `/subscription` (through user info) and `trace` all use it, so none can contradict another.
 */

/** A subscription of the user as it is stored, in the mode of our key. */
export type Held = Omit<typeof subscriptions.$inferSelect, 'updatedAt' | 'seenAt'>;

/** As the contract's `SubscriptionState`, and two without a subscription: `none`, and `granted` by an operator. */
export type State =
  | 'none'
  | 'granted'
  | 'active'
  | 'trial'
  | 'ending'
  | 'collection_paused'
  | 'late'
  | 'confirm'
  | 'lapsed'
  | 'unpaid'
  | 'paused'
  | 'incomplete'
  | 'ended'
  | 'other';

/** The one thing to do. `pay`, `confirm` and `finish` lead to the open invoice, `manage` and `keep` to the Portal. */
export type Button = 'plans' | 'manage' | 'keep' | 'pay' | 'confirm' | 'finish' | 'resume';

export interface Money {
  readonly amount: number;
  readonly currency: string;
}

export interface Standing {
  readonly state: State;
  /** The plan that the user has, or that the subscription would give; null without either. */
  readonly plan: string | null;
  /** The date that belongs to the state: its renewal, its end, the end of the grace. */
  readonly at: Date | null;
  /** The amount due now, or else at the date. */
  readonly amount: Money | null;
  readonly button: Button;
  readonly subscription: Held | null;
  /** Further subscriptions of ours that have not ended: the user pays for them too. */
  readonly others: readonly Held[];
}

interface Owner {
  readonly plan: string;
  readonly subscriptionId: string | null;
  /** The end of the grant that the plan comes from, where it is known. */
  readonly grantedUntil?: Date | null;
}

/** Stripe ends a subscription whose first payment is not finished within 23 hours. */
const FIRST_PAYMENT_MS = 23 * 60 * 60 * 1000;

export function standingOf(user: Owner, held: readonly Held[], pastDueGraceMs: number, now: Date): Standing {
  // A subscription without a plan is another product's; one that was never paid for is not shown.
  const ours = held.filter(({ plan, status }) => plan !== null && status !== 'incomplete_expired');
  const live = ours.filter(({ status }) => !ENDED.includes(status));
  const entitling = live.find((each) => entitles(user, each));
  const granted = user.plan !== FREE && entitling === undefined;
  const subscription = entitling ?? (granted ? null : (first(live) ?? newest(ours) ?? null));
  const state = granted ? 'granted' : subscription === null ? 'none' : stateOf(user, subscription);
  const amount = subscription && amountOf(state, subscription);
  return {
    state,
    plan: user.plan === FREE ? (subscription?.plan ?? null) : user.plan,
    at: granted ? (user.grantedUntil ?? null) : subscription && dateOf(state, subscription, pastDueGraceMs, now),
    amount: subscription?.currency && amount !== null ? { amount, currency: subscription.currency } : null,
    button: state === 'paused' && amount !== null ? 'pay' : BUTTONS[state],
    subscription,
    others: live.filter((each) => each !== subscription),
  };
}

/** Something of ours goes on: a second subscription would be paid beside it. */
export const goesOn = ({ state, subscription }: Standing): boolean => subscription !== null && state !== 'ended';

const BUTTONS: Readonly<Record<State, Button>> = {
  none: 'plans',
  granted: 'plans',
  active: 'manage',
  trial: 'manage',
  ending: 'keep',
  collection_paused: 'manage',
  late: 'pay',
  confirm: 'confirm',
  lapsed: 'pay',
  unpaid: 'pay',
  paused: 'resume',
  incomplete: 'finish',
  ended: 'plans',
  other: 'manage',
};

/** Something has to be paid, confirmed or resumed, or the plan ends or stays ended. */
export const isUrgent = ({ state }: Pick<Standing, 'state'>): boolean =>
  ['pay', 'confirm', 'finish', 'resume'].includes(BUTTONS[state]);

/** The order in which to show subscriptions that do not entitle: the easiest to save comes first. */
const URGENCY = ['active', 'trialing', 'past_due', 'unpaid', 'paused', 'incomplete'];
const urgencyOf = ({ status }: Held) => (URGENCY.includes(status) ? URGENCY.indexOf(status) : URGENCY.length);
const byAge = (a: Held, b: Held) => b.createdAt.getTime() - a.createdAt.getTime();
const newest = (held: readonly Held[]) => held.toSorted(byAge)[0];
const first = (held: readonly Held[]) => held.toSorted((a, b) => urgencyOf(a) - urgencyOf(b) || byAge(a, b))[0];

const entitles = (user: Owner, { subscriptionId, status }: Held): boolean =>
  user.plan !== FREE && user.subscriptionId === subscriptionId && ['active', 'trialing', 'past_due'].includes(status);

function stateOf(user: Owner, subscription: Held): State {
  const { status, cancelAtPeriodEnd, collectionPaused, actionRequired } = subscription;
  switch (status) {
    case 'active':
    case 'trialing':
      if (cancelAtPeriodEnd) return 'ending';
      if (collectionPaused) return 'collection_paused';
      return status === 'active' ? 'active' : 'trial';
    case 'past_due':
      if (!entitles(user, subscription)) return 'lapsed';
      return actionRequired ? 'confirm' : 'late';
    case 'unpaid':
    case 'paused':
    case 'incomplete':
      return status;
    case 'canceled':
      return 'ended';
    default:
      return 'other';
  }
}

function dateOf(state: State, subscription: Held, pastDueGraceMs: number, now: Date): Date | null {
  const { currentPeriodEnd, collectionResumesAt, createdAt, endedAt } = subscription;
  switch (state) {
    case 'active':
    case 'trial':
    case 'ending':
      return currentPeriodEnd;
    case 'collection_paused':
      return collectionResumesAt;
    case 'late':
    case 'confirm':
      return lateEnd(subscription, pastDueGraceMs);
    case 'incomplete':
      return new Date(createdAt.getTime() + FIRST_PAYMENT_MS);
    case 'ended':
      // An older version stored no end, and a period that was cut short ends in the future.
      return endedAt ?? (currentPeriodEnd !== null && currentPeriodEnd <= now ? currentPeriodEnd : null);
    default:
      return null;
  }
}

function amountOf(state: State, { amount, amountDue }: Held): number | null {
  if (isUrgent({ state })) return amountDue;
  return ['active', 'trial', 'collection_paused'].includes(state) ? amount : null;
}
