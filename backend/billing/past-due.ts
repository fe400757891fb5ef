import type { Entitling } from './entitlement.ts';

type Late = Pick<Entitling, 'status' | 'currentPeriodStart'>;

/**
 * Since when a subscription's payment is late. Its period does not tell: Stripe goes on billing somebody who does not
 * pay, so the period moves, and an upgrade may be declined in the midst of one. Only being paid ends being late.
 * @param stored the subscription as we knew it; undefined if we did not.
 */
export function pastDueSince(
  fetched: Late,
  stored: (Late & Pick<Entitling, 'pastDueSince'>) | undefined,
  now: Date,
): Date | null {
  if (isPaid(fetched)) return null;
  if (stored === undefined) return fetched.status === 'past_due' ? fetched.currentPeriodStart : null;
  if (isPaid(stored)) return fetched.status === 'past_due' ? unpaidSince(fetched, stored, now) : null;
  if (stored.pastDueSince !== null) return stored.pastDueSince;
  return fetched.status === 'past_due' ? (stored.currentPeriodStart ?? fetched.currentPeriodStart) : null;
}

const isPaid = ({ status }: Late) => status === 'active' || status === 'trialing';

/** A new period began unpaid; within the one that we knew as paid something else was declined, just now. */
function unpaidSince(fetched: Late, stored: Late, now: Date): Date {
  const begun = fetched.currentPeriodStart;
  return begun !== null && stored.currentPeriodStart !== null && begun > stored.currentPeriodStart ? begun : now;
}
