import type { Entitling } from './entitlement.ts';

type Late = Pick<Entitling, 'status' | 'plan' | 'currentPeriodStart' | 'currentPeriodEnd' | 'paidUntil'>;
/** What Stripe does not show of a subscription whose payment is late. */
export type Remembered = Pick<Entitling, 'pastDueSince' | 'paidPlan' | 'paidUntil'>;

/**
 * What only we remember of a subscription: since when a payment is late, and what was paid for before. An upgrade may be
 * declined in the midst of a period, and Stripe goes on billing a customer who does not pay, so neither its price nor its
 * period shows it.
 * @param fetched with the end of what it bills now as `paidUntil`, paid or not.
 * @param stored the subscription as we knew it; undefined if we did not.
 */
export function remember(fetched: Late, stored: (Late & Remembered) | undefined, now: Date): Remembered {
  if (isPaid(fetched)) return { pastDueSince: null, paidPlan: fetched.plan, paidUntil: fetched.paidUntil };
  const paid =
    stored !== undefined && isPaid(stored)
      ? { paidPlan: stored.plan, paidUntil: stored.paidUntil ?? stored.currentPeriodEnd }
      : stored;
  return {
    pastDueSince: pastDueSince(fetched, stored, now),
    paidPlan: paid?.paidPlan ?? null,
    paidUntil: paid?.paidUntil ?? null,
  };
}

function pastDueSince(fetched: Late, stored: (Late & Remembered) | undefined, now: Date): Date | null {
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
