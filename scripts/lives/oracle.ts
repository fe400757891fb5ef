/*
 * The rules of entitlement: the tables "Whose subscription it is", "What entitles" and "Refunds and disputes" of
 * docs/operations.md once more, written for the property test. It imports nothing of the service, on purpose: a rule that
 * is wrong there is not wrong here in the same way.
 */

/** As much of a subscription at Stripe as decides anything; moments in seconds. */
export interface Seen {
  readonly id: string;
  readonly status: string;
  /** The metadata name a Discord user. */
  readonly named: boolean;
  /** Our items of it were ended, and foreign ones are left. */
  readonly leftOver: boolean;
  readonly items: readonly {
    readonly price: string;
    readonly product: string;
    readonly every: string;
    readonly start: number;
    readonly end: number;
  }[];
  readonly cancelAt: number | null;
  /** Nothing is collected for the time being. */
  readonly uncollected: boolean;
}

/** The price list: plans from the lowest to the highest, and every price's product. */
export interface PriceList {
  readonly plans: readonly (readonly [plan: string, prices: readonly string[]])[];
  readonly productOf: (price: string) => string;
}

/** The stored fields of a subscription of ours after the last sync of its customer. */
export interface Memory {
  readonly id: string;
  readonly status: string;
  readonly price: string;
  readonly plan: string | null;
  readonly every: string;
  readonly start: number;
  readonly end: number;
  readonly cancels: boolean;
  /** Plan and period end when it was last active or trialing. */
  readonly paid: { readonly plan: string | null; readonly until: number } | null;
  readonly lateSince: number | null;
  readonly uncollected: boolean;
}

export interface Entitled {
  readonly plan: string;
  /** The subscription it comes from, or came from last. */
  readonly source: string | null;
  readonly every: string | null;
  readonly cancels: boolean;
  readonly late: boolean;
}

export const NOTHING: Entitled = { plan: 'free', source: null, every: null, cancels: false, late: false };

const GOOD = ['active', 'trialing'];
export const OVER = ['canceled', 'incomplete_expired'];

const planOfPrice = ({ plans }: PriceList, price: string): string | null =>
  plans.find(([, prices]) => prices.includes(price))?.[0] ?? null;

const height = ({ plans }: PriceList, plan: string): number => {
  if (plan === 'free') return -1;
  const at = plans.findIndex(([name]) => name === plan);
  return at === -1 ? plans.length : at;
};

type Sold = Pick<Seen['items'][number], 'price' | 'product'>;

/** The price is listed, or its product is that of a listed price. */
const isOurs = (list: PriceList, { price, product }: Sold): boolean => {
  const prices = list.plans.flatMap(([, ofPlan]) => ofPlan);
  return prices.includes(price) || prices.map(list.productOf).includes(product);
};

/** Ours, with the item its plan comes from; or null if it is foreign. */
export function whose(seen: Seen, stored: string | null, list: PriceList) {
  const listed = seen.items
    .flatMap((item) => {
      const plan = planOfPrice(list, item.price);
      return plan === null ? [] : [{ plan, item }];
    })
    .sort((a, b) => height(list, b.plan) - height(list, a.plan))[0];
  const fresh = seen.items.find((item) => planOfPrice(list, item.price) === null && isOurs(list, item));
  const keeps = fresh !== undefined && stored !== null && height(list, stored) > height(list, listed?.plan ?? 'free');
  if (listed && !keeps) return listed;
  if (fresh || (!seen.leftOver && (stored !== null || seen.named)))
    return { plan: stored, item: fresh ?? seen.items[0] };
  return null;
}

/** The fields that a sync stores of the subscription it sees; null for one that was never ours. */
export function remember(seen: Seen, stored: Memory | undefined, list: PriceList, now: number): Memory | null {
  const ours = whose(seen, stored?.plan ?? null, list);
  if (ours?.item === undefined) return stored === undefined ? null : { ...stored, status: 'canceled' };
  // A part of ours that had ended and was added again is a new one, with the plan that it had.
  const before = stored && OVER.includes(stored.status) && !OVER.includes(seen.status) ? undefined : stored;
  const { item, plan } = ours;
  const end = seen.cancelAt ?? item.end;
  const wasGood = before !== undefined && GOOD.includes(before.status);
  const isLate = seen.status === 'past_due';
  const late = () => {
    if (before === undefined) return isLate ? item.start : null;
    if (wasGood) return isLate ? (item.start > before.start ? item.start : now) : null;
    return before.lateSince ?? (isLate ? before.start : null);
  };
  const good = GOOD.includes(seen.status);
  const kept = wasGood ? { plan: before.plan, until: before.paid?.until ?? before.end } : (before?.paid ?? null);
  return {
    id: seen.id,
    status: seen.status,
    price: item.price,
    plan,
    every: item.every,
    start: item.start,
    end,
    cancels: seen.cancelAt !== null,
    paid: good ? { plan, until: Math.min(end, item.end) } : kept,
    lateSince: good ? null : late(),
    uncollected: seen.uncollected,
  };
}

/** The plan that these subscriptions give now. */
export function entitled(
  memories: readonly Memory[],
  before: Entitled,
  { list, graceSeconds, now }: { readonly list: PriceList; readonly graceSeconds: number; readonly now: number },
): Entitled {
  const giving = memories.flatMap((memory) => {
    const late = memory.status === 'past_due';
    const plan = (late ? (memory.paid?.plan ?? memory.plan) : memory.plan) ?? 'free';
    const ends = Math.max((memory.lateSince ?? memory.start) + graceSeconds, memory.paid?.until ?? 0);
    const gives = plan !== 'free' && (GOOD.includes(memory.status) || (late && now < ends));
    return gives ? [{ plan, late, memory }] : [];
  });
  const [best] = giving.sort(
    (a, b) =>
      height(list, b.plan) - height(list, a.plan) ||
      Number(a.late) - Number(b.late) ||
      Number(a.memory.cancels) - Number(b.memory.cancels) ||
      b.memory.end - a.memory.end,
  );
  if (best === undefined) return { ...NOTHING, source: before.source };
  // A change that is not paid for is no news.
  const every = best.late && best.plan === before.plan ? before.every : best.memory.every;
  return { plan: best.plan, source: best.memory.id, every, cancels: best.memory.cancels, late: best.late };
}

/** The message before money is taken, once for each such moment: three days before a trial ends, seven before a yearly renewal. */
export function reminder(
  memory: Memory | undefined,
  reminded: number | null,
  now: number,
): { readonly change: string; readonly charged: number } | null {
  if (memory === undefined || memory.uncollected) return null;
  const charged = memory.paid?.until ?? memory.end;
  if (charged === reminded || (memory.cancels && memory.end <= charged)) return null;
  const [change, days] =
    memory.status === 'trialing'
      ? ['trial_ending', 3]
      : memory.status === 'active' && memory.every === 'year'
        ? ['renewal_soon', 7]
        : ['', 0];
  return days > 0 && charged - days * 86_400 <= now && now < charged ? { change, charged } : null;
}

/** The user's notifications, as `action change plan`. */
export function messages(before: Entitled, after: Entitled, list: PriceList): string[] {
  const say = (action: string, change: string | null) => `${action} ${change ?? '-'} ${after.plan}`;
  if (before.plan !== after.plan) {
    if (after.plan === 'free') return [say('subscription_cancelled', null)];
    if (before.plan === 'free') {
      return before.source === after.source
        ? [say('subscription_updated', 'resumed')]
        : [say('subscription_created', null)];
    }
    const up = height(list, after.plan) > height(list, before.plan);
    return [say(up ? 'plan_upgraded' : 'plan_downgraded', null)];
  }
  if (after.plan === 'free') return [];
  return [
    ...(before.every === after.every ? [] : ['interval_changed']),
    ...(before.late === after.late ? [] : [after.late ? 'payment_late' : 'payment_recovered']),
    ...(before.cancels === after.cancels ? [] : [after.cancels ? 'cancellation_scheduled' : 'cancellation_withdrawn']),
  ].map((change) => say('subscription_updated', change));
}

/** Money that went back, with what it had paid for. */
export interface MoneyBack {
  readonly kind: 'refund' | 'dispute';
  readonly amount: number;
  readonly paid: number;
  readonly lines: readonly (Sold & {
    readonly amount: number;
    readonly proration: boolean;
    readonly start: number;
    readonly end: number;
  })[];
}

/** Whether it ends the subscription, or our items beside foreign ones, under REFUND_POLICY=cancel. */
export function ends(money: MoneyBack, seen: Seen, stored: string | null, list: PriceList, now: number): boolean {
  if (whose(seen, stored, list) === null || OVER.includes(seen.status)) return false;
  const own = seen.items.filter((item) => isOurs(list, item));
  const isMixed = own.length > 0 && own.length < seen.items.length;
  const lines = isMixed ? money.lines.filter((line) => isOurs(list, line)) : money.lines;
  if (lines.length === 0) return false;
  if (money.kind === 'dispute') return true;
  const forNow = lines.some(
    ({ amount, proration, start, end }) => amount > 0 && !proration && start <= now && now < end,
  );
  return forNow && money.amount >= money.paid;
}
