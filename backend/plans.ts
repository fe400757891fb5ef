/** The plan of a user without an entitled subscription. */
export const FREE = 'free';

/** The content of `PLAN_PRICES`: plans from lowest to highest, and their Stripe prices. */
export interface Plans {
  /** Nothing is configured: what Stripe says then means nothing to us. */
  readonly isEmpty: boolean;
  readonly priceIds: readonly string[];
  /** Whether `PLAN_PRICES` has this plan. */
  has(plan: string): boolean;
  /** Null for a price that is not listed. */
  planOf(priceId: string | null): string | null;
  /** Higher is better. A plan that is not configured any more is above `free` and below all others. */
  rankOf(plan: string): number;
  /** The same, to choose the highest: there an unknown plan is above all others, so that it lowers no user. */
  worthOf(plan: string): number;
}

export function createPlans(planPrices: ReadonlyMap<string, readonly string[]>): Plans {
  const ranks = new Map([...planPrices.keys()].map((plan, index) => [plan, index + 2]));
  const plans = new Map([...planPrices].flatMap(([plan, prices]) => prices.map((price) => [price, plan] as const)));
  return {
    isEmpty: plans.size === 0,
    priceIds: [...plans.keys()],
    has: (plan) => ranks.has(plan),
    planOf: (priceId) => (priceId === null ? null : (plans.get(priceId) ?? null)),
    rankOf: (plan) => ranks.get(plan) ?? (plan === FREE ? 0 : 1),
    worthOf: (plan) => ranks.get(plan) ?? (plan === FREE ? 0 : Number.POSITIVE_INFINITY),
  };
}
