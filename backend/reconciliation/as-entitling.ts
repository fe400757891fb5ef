import type { accountDifferences } from '../database/schema.ts';
import type { EntitlementRules, Entitling } from '../subscriptions/entitlement.ts';
import { pastDueSince } from '../subscriptions/past-due.ts';

export type Difference = typeof accountDifferences.$inferSelect;

/** The subscription of a difference as a sync would store it; none if Stripe does not list it. */
export function asEntitling(
  { subscriptionId, listed }: Difference,
  {
    rules,
    now,
    stored,
  }: { readonly rules: EntitlementRules; readonly now: Date; readonly stored: Entitling | undefined },
): readonly Entitling[] {
  if (listed === null) return [];
  const { status, priceId, interval, currentPeriodStart, currentPeriodEnd, cancelAtPeriodEnd } = listed;
  const subscription = {
    subscriptionId,
    status,
    interval,
    plan: rules.plans.planOf(priceId),
    currentPeriodStart: currentPeriodStart === null ? null : new Date(currentPeriodStart),
    currentPeriodEnd: currentPeriodEnd === null ? null : new Date(currentPeriodEnd),
    cancelAtPeriodEnd,
  };
  return [{ ...subscription, pastDueSince: pastDueSince(subscription, stored, now) }];
}
