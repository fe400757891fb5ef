import type { Comparison } from '../reconciliation/compare-account.ts';
import type { Difference } from '../reconciliation/compare-page.ts';

/** One difference between Stripe and us. */
export function formatDifference({ customerId, subscriptionId, kind, detail }: Difference): string {
  const what = {
    unknown_customer: 'a customer we do not know',
    unknown_subscription: 'a subscription we do not know',
    changed: 'differs',
    unlisted: 'is gone',
  }[kind];
  return `${customerId} ${subscriptionId}: ${what}: ${detail}`;
}

/** How a comparison ended, after its differences. */
export function formatComparison(
  { listed, differences, customers, parked, entitlementsChanged, plansReplaced, knownUsers, stopped }: Comparison,
  { name, dry }: { readonly name: 'reconcile' | 'import'; readonly dry: boolean },
): readonly string[] {
  const alsoParked = parked === 0 ? '' : ` ${parked} customers are parked; parked says why.`;
  const counted =
    `${listed} subscriptions listed, ${differences} differences of ${customers} customers; ` +
    (name === 'import'
      ? `${plansReplaced} of ${knownUsers} known users would have another plan than now.`
      : `${entitlementsChanged} users would be notified of a change, ${knownUsers} are known.`) +
    alsoParked;
  if (stopped !== null) {
    const first = name === 'reconcile' ? ' Subscribers from before Moddy are for import.' : '';
    return [
      counted,
      `Stopped, nothing was changed: ${stopped}. Is it the right account?${first} --force does it all the same.`,
    ];
  }
  if (dry) return [counted, NOTHING_CHANGED];
  if (differences === 0) return [counted];
  return [
    counted,
    name === 'import' ? 'They are taken over silently.' : 'Their sync is wanted; running services do it now.',
  ];
}

/** The last line of everything that changed nothing. */
export const NOTHING_CHANGED = 'Nothing was changed (dry).';
