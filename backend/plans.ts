/** The plan of somebody without an entitled subscription. */
export const FREE = 'free';

/** What `PLAN_PRICES` says: plans from lowest to highest, and their Stripe prices. */
export interface Plans {
  /** Nothing is configured: whatever Stripe says then means nothing to us. */
  readonly isEmpty: boolean;
  /** Null for a price that is not configured. */
  planOf(priceId: string | null): string | null;
  /** Higher is better; `free` and what is not configured any more is below all. */
  rankOf(plan: string): number;
}

export function createPlans(planPrices: ReadonlyMap<string, readonly string[]>): Plans {
  const ranks = new Map([...planPrices.keys()].map((plan, index) => [plan, index + 1]));
  const plans = new Map([...planPrices].flatMap(([plan, prices]) => prices.map((price) => [price, plan] as const)));
  return {
    isEmpty: plans.size === 0,
    planOf: (priceId) => (priceId === null ? null : (plans.get(priceId) ?? null)),
    rankOf: (plan) => ranks.get(plan) ?? 0,
  };
}
