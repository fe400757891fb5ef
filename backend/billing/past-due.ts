import { ENDED, type Entitling } from './entitlement.ts';

type Late = Pick<Entitling, 'status' | 'plan' | 'currentPeriodStart' | 'currentPeriodEnd' | 'paidUntil'>;
/** The facts about a late payment that Stripe does not show. */
export type Remembered = Pick<Entitling, 'pastDueSince' | 'paidPlan' | 'paidUntil'>;

/**
 * The facts that Stripe does not keep: since when a payment is late, and the plan and period paid for before. A declined
 * upgrade changes the price, and Stripe keeps billing a customer who does not pay: neither price nor period shows them.
 * @param fetched with the end of what it bills now as `paidUntil`, paid or not.
 * @param known the subscription as we knew it; undefined if we did not.
 */
export function remember(fetched: Late, known: (Late & Remembered) | undefined, now: Date): Remembered {
  if (isPaid(fetched)) return { pastDueSince: null, paidPlan: fetched.plan, paidUntil: fetched.paidUntil };
  // Our item was added again to a subscription of which we had ended our part: it begins anew.
  const isNew = known !== undefined && hasEnded(known) && !hasEnded(fetched);
  const stored = isNew ? undefined : known;
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

const hasEnded = ({ status }: Late) => ENDED.includes(status);

const isPaid = ({ status }: Late) => status === 'active' || status === 'trialing';

/** A new period began unpaid; within the one that we knew as paid something else was declined, just now. */
function unpaidSince(fetched: Late, stored: Late, now: Date): Date {
  const begun = fetched.currentPeriodStart;
  return begun !== null && stored.currentPeriodStart !== null && begun > stored.currentPeriodStart ? begun : now;
}
