import { FREE, type Plans } from '../plans.ts';
import { reminderOf } from './reminder.ts';

/** A subscription as far as it can entitle a user. */
export interface Entitling {
  readonly subscriptionId: string;
  readonly status: string;
  readonly plan: string | null;
  readonly interval: string | null;
  readonly intervalCount: number | null;
  readonly currentPeriodStart: Date | null;
  readonly currentPeriodEnd: Date | null;
  /** See `past-due.ts`; null also of one that an older version stored. */
  readonly pastDueSince: Date | null;
  /** Plan and end of the period when it was last active or trialing. */
  readonly paidPlan: string | null;
  readonly paidUntil: Date | null;
  readonly cancelAtPeriodEnd: boolean;
}

/** The plan that a user is entitled to now, and its subscription (for `free` the last one). */
export interface Entitlement {
  readonly plan: string;
  readonly subscriptionId: string | null;
  readonly interval: string | null;
  readonly intervalCount: number | null;
  readonly cancelsAtPeriodEnd: boolean;
  readonly paymentLate: boolean;
}

export interface EntitlementRules {
  readonly plans: Plans;
  /** How long a late payment keeps the plan, counted from when it became late. */
  readonly pastDueGraceMs: number;
}

/** Statuses that a subscription never leaves. */
export const ENDED: readonly string[] = ['canceled', 'incomplete_expired'];

/** The highest plan over all entitled subscriptions; among equal ones the one that will last. */
export function effectiveEntitlement(
  subscriptions: readonly Entitling[],
  { plans, pastDueGraceMs }: EntitlementRules,
  now: Date,
): Omit<Entitlement, 'subscriptionId'> & { readonly subscription: Entitling | null } {
  const rank = (subscription: Entitling) => [
    plans.worthOf(planFrom(subscription)),
    subscription.status === 'past_due' ? 0 : 1,
    subscription.cancelAtPeriodEnd ? 0 : 1,
    subscription.currentPeriodEnd?.getTime() ?? 0,
  ];
  let best: Entitling | null = null;
  for (const subscription of subscriptions) {
    const entitled = isEntitled(subscription, pastDueGraceMs, now) && planFrom(subscription) !== FREE;
    if (entitled && (best === null || isAbove(rank(subscription), rank(best)))) best = subscription;
  }
  return {
    plan: best ? planFrom(best) : FREE,
    subscription: best,
    interval: best?.interval ?? null,
    intervalCount: best?.intervalCount ?? null,
    cancelsAtPeriodEnd: best?.cancelAtPeriodEnd ?? false,
    paymentLate: best?.status === 'past_due',
  };
}

/** A plan that an operator gave. */
export interface Granted {
  readonly plan: string;
  readonly endsAt: Date;
}

/**
 * The entitlement that these subscriptions and grants give: the highest plan; a subscription wins over an equal grant.
 * While a payment is late, the plan and the interval stay those last paid for: an unpaid change sends no message.
 * @param granted those that count now.
 */
export function entitlementAfter(
  before: Entitlement,
  { subscriptions, granted }: { readonly subscriptions: readonly Entitling[]; readonly granted: readonly Granted[] },
  rules: EntitlementRules,
  now: Date,
): Entitlement & { readonly subscription: Entitling | null; readonly grant: Granted | null } {
  const effective = effectiveEntitlement(subscriptions, rules, now);
  const worthOf = ({ plan }: { readonly plan: string }) => rules.plans.worthOf(plan);
  const grant = granted.reduce<Granted | null>(
    (best, each) => (worthOf(each) > (best ? worthOf(best) : worthOf(effective)) ? each : best),
    null,
  );
  if (grant !== null) {
    const { plan } = grant;
    const { subscriptionId } = before;
    const none = { interval: null, intervalCount: null, cancelsAtPeriodEnd: false, paymentLate: false };
    return { ...none, plan, subscriptionId, subscription: null, grant };
  }
  const unpaid = effective.paymentLate && effective.plan === before.plan;
  return {
    ...effective,
    ...(unpaid ? { interval: before.interval, intervalCount: before.intervalCount } : {}),
    subscriptionId: effective.subscription?.subscriptionId ?? before.subscriptionId,
    grant: null,
  };
}

/**
 * When time alone may change something for these subscriptions: a reminder is due, a grace ends or, with a margin, a
 * period.
 */
export function nextCheckAt(subscriptions: readonly Entitling[], pastDueGraceMs: number, now: Date): Date | null {
  const moments = subscriptions
    .map((subscription) => {
      if (subscription.status === 'past_due') return lateEnd(subscription, pastDueGraceMs);
      if (subscription.status !== 'active' && subscription.status !== 'trialing') return null;
      const reminder = reminderOf(subscription);
      if (reminder !== null && now < reminder.dueAt) return reminder.dueAt;
      const periodEnd = subscription.paidUntil ?? subscription.currentPeriodEnd;
      return periodEnd && new Date(periodEnd.getTime() + PERIOD_MARGIN_MS);
    })
    .filter((moment) => moment !== null)
    // A moment that is over already (Stripe is late itself) is checked again after the margin, not in a loop.
    .map((moment) => Math.max(moment.getTime(), now.getTime() + (moment > now ? 0 : PERIOD_MARGIN_MS)));
  return moments.length === 0 ? null : new Date(Math.min(...moments));
}

/** Stripe finalises a renewal about an hour after the period ends. */
const PERIOD_MARGIN_MS = 2 * 60 * 60 * 1000;

/** The plan that it entitles to: while a payment is late, the one that was paid for before. */
export const planFrom = ({ status, plan, paidPlan }: Entitling): string =>
  (status === 'past_due' ? (paidPlan ?? plan) : plan) ?? FREE;

/** The end of the plan while a payment is late: the later of the grace's end and the paid period's end. */
export function lateEnd(
  { pastDueSince, currentPeriodStart, paidUntil }: Entitling,
  pastDueGraceMs: number,
): Date | null {
  const since = pastDueSince ?? currentPeriodStart;
  const ends = [since && since.getTime() + pastDueGraceMs, paidUntil?.getTime() ?? null].filter((end) => end !== null);
  return ends.length === 0 ? null : new Date(Math.max(...ends));
}

function isEntitled(subscription: Entitling, pastDueGraceMs: number, now: Date): boolean {
  if (subscription.status === 'active' || subscription.status === 'trialing') return true;
  if (subscription.status !== 'past_due') return false;
  const end = lateEnd(subscription, pastDueGraceMs);
  return end !== null && now < end;
}

/** Lexicographic comparison of two ranks of equal length. */
function isAbove(a: readonly number[], b: readonly number[]): boolean {
  const at = a.findIndex((value, index) => value !== b[index]);
  return (a[at] ?? 0) > (b[at] ?? 0);
}
