import { changeItems } from '@moddy/sandbox/stripe/billing/change';
import { pause } from '@moddy/sandbox/stripe/billing/pause';
import { subscribe } from '@moddy/sandbox/stripe/billing/subscribe';
import { StripeRejection } from '@moddy/sandbox/stripe/errors';
import type { Ledger } from '@moddy/sandbox/stripe/ledger';
import { customer } from '@moddy/sandbox/stripe/objects/customer';
import { price, product } from '@moddy/sandbox/stripe/objects/price';
import type { SandboxStripe } from '@moddy/sandbox/stripe/sandbox-stripe';
import { mulberry32, shuffled } from '../system/random.ts';
import { OVER, type Seen } from './oracle.ts';

type Subscription = NonNullable<ReturnType<Ledger['subscriptions']['get']>>;

/** Numbers that one seed decides. */
export class Chance {
  readonly next: () => number;
  constructor(seed: number) {
    this.next = mulberry32(seed);
  }
  below(count: number): number {
    return Math.floor(this.next() * count);
  }
  of<T>(choices: readonly [T, ...T[]]): T {
    return choices[this.below(choices.length)] ?? choices[0];
  }
  shuffled<T>(values: readonly T[]): T[] {
    return shuffled(values, this.next);
  }
}

export const PRO = 'price_moddy_pro_month';
export const MAX = 'price_moddy_max_month';
export const MAX_YEAR = 'price_moddy_max_year';
/** Listed at first, and taken out of the list. */
export const PRO_OLD = 'price_moddy_pro_old';
/** A price of our product that is listed later. */
export const MAX_NEXT = 'price_moddy_max_next';
const MUG = 'price_mug_month';

export function addCatalogue(ledger: Ledger): void {
  ledger.products.add(
    product(ledger, 'prod_mug', { name: 'Mug club', description: 'A mug every month', features: [] }),
  );
  ledger.prices.add(price(ledger, { id: MUG, product: 'prod_mug', interval: 'month', amount: 1500 }));
  ledger.prices.add(price(ledger, { id: PRO_OLD, product: 'prod_moddy_pro', interval: 'month', amount: 399 }));
  ledger.prices.add(price(ledger, { id: MAX_NEXT, product: 'prod_moddy_max', interval: 'month', amount: 1099 }));
}

export interface Life {
  readonly discordId: string;
  readonly customerIds: string[];
  /** The events of this life, for the reader of a failure. */
  readonly log: string[];
  /** Money went back in this round already. */
  refunded: boolean;
}

/** A customer named after the user, and one that only their subscriptions are. */
export function createLife(ledger: Ledger, discordId: string): Life {
  const named = ledger.customers.add(customer(ledger, { metadata: { discord_id: discordId } }));
  return { discordId, customerIds: [named.id], log: [], refunded: false };
}

export const viewOf = (subscription: Subscription): Seen => ({
  id: subscription.id,
  status: subscription.status,
  named: subscription.metadata.discord_id !== undefined,
  leftOver: subscription.metadata.moddy_ended !== undefined,
  items: subscription.items.data.map((item) => ({
    price: item.price.id,
    product: String(item.price.product),
    every: item.price.recurring?.interval ?? '',
    start: item.current_period_start,
    end: item.current_period_end,
  })),
  cancelAt: subscription.cancel_at,
  uncollected: subscription.pause_collection !== null,
});

/** Lets something happen to a life; what Stripe would reject does not happen. */
export function happen(stripe: SandboxStripe, life: Life, chance: Chance): void {
  const { ledger } = stripe.books.named('test');
  const own = ledger.subscriptions.filter(({ customer: of }) => life.customerIds.includes(String(of)));
  const alive = own.filter(({ status }) => !OVER.includes(status));
  const names = Object.keys(HAPPENINGS);
  const name =
    alive.length === 0 || (own.length < 3 && chance.next() < 0.2)
      ? 'create'
      : (names[chance.below(names.length)] ?? 'create');
  if (name === 'create' && own.length >= 3) return;
  const subject = alive[chance.below(alive.length)];
  try {
    const said =
      name === 'create'
        ? create(stripe, life, chance)
        : subject && HAPPENINGS[name]?.({ stripe, ledger, life, chance, subject });
    if (said !== false) life.log.push(`${name} ${subject?.id ?? ''} ${typeof said === 'string' ? said : ''}`);
  } catch (error) {
    if (!(error instanceof StripeRejection)) throw error;
  }
}

interface Scene {
  readonly stripe: SandboxStripe;
  readonly ledger: Ledger;
  readonly life: Life;
  readonly chance: Chance;
  readonly subject: Subscription;
}
function create(stripe: SandboxStripe, life: Life, chance: Chance): string {
  const { ledger } = stripe.books.named('test');
  if (life.customerIds.length === 1 && chance.next() < 0.3) {
    life.customerIds.push(ledger.customers.add(customer(ledger, { metadata: {} })).id);
  }
  const customerId = life.customerIds[chance.below(life.customerIds.length)] ?? '';
  const [first, ...more] = chance.of<readonly [string, ...string[]]>([
    [PRO],
    [PRO],
    [MAX],
    [MAX_YEAR],
    [PRO_OLD],
    [MAX_NEXT],
    [MUG],
    [MUG],
    [MUG, MAX],
    [PRO, MAX],
    [PRO, MAX_NEXT],
  ]);
  const prices = [first, ...more];
  const foreign = prices.every((each) => each === MUG);
  const trialEnd = chance.next() < 0.2 ? ledger.clock.seconds() + 7 * 86_400 : undefined;
  const { id } = subscribe(ledger, {
    customer: ledger.need(ledger.customers, customerId),
    items: prices.map((each) => ({ price: ledger.need(ledger.prices, each), quantity: 1 })),
    metadata: foreign ? {} : { discord_id: life.discordId },
    trialEnd,
  });
  return `${id} of ${customerId}: ${prices.join(' + ')}${trialEnd ? ' on trial' : ''}`;
}

const PRORATIONS = ['always_invoice', 'create_prorations', 'none'] as const;

const change = ({ stripe, ledger, chance, subject }: Scene): string => {
  const works = chance.next() < 0.6;
  stripe.setCard(subject.id, works);
  const to = chance.of([PRO, MAX, MAX_YEAR, MAX_NEXT, MUG]);
  const proration = chance.of(PRORATIONS);
  const item = subject.items.data[0];
  ledger.update('customer.subscription.updated', subject, () =>
    changeItems(ledger, subject, {
      changes: [{ id: item?.id, price: ledger.need(ledger.prices, to) }],
      proration,
      behavior: 'allow_incomplete',
    }),
  );
  return `to ${to}, ${proration}, card ${works ? 'works' : 'declined'}`;
};

/** Each answers false if nothing happened, or what else is to be read in the log. */
const HAPPENINGS: Readonly<Record<string, (scene: Scene) => unknown>> = {
  change,
  'change once more': change,
  fail: ({ stripe, subject }) => stripe.failPayment(subject.id),
  recover: ({ stripe, subject }) => stripe.recoverPayment(subject.id),
  'bad card': ({ stripe, subject }) => stripe.setCard(subject.id, false),
  confirm: ({ stripe, subject }) => {
    stripe.setCard(subject.id, 'confirm');
    stripe.renew(subject.id);
  },
  pause: ({ ledger, subject }) => subject.status === 'trialing' && pause(ledger, subject),
  resume: ({ stripe, subject }) => stripe.resume(subject.id),
  'pause collection': ({ ledger, subject }) =>
    ledger.update('customer.subscription.updated', subject, () => {
      subject.pause_collection = subject.pause_collection ? null : { behavior: 'void', resumes_at: null };
    }),
  'cancel at the end': ({ stripe, subject }) => stripe.cancelAtPeriodEnd(subject.id),
  'cancel much later': ({ stripe, subject }) =>
    stripe.cancelAt(subject.id, Math.floor(stripe.nowMs() / 1_000) + 200 * 86_400),
  'do not cancel': ({ stripe, subject }) => stripe.undoCancel(subject.id),
  cancel: ({ stripe, subject }) => stripe.cancelNow(subject.id),
  'give up collecting': ({ ledger, subject }) =>
    subject.status === 'past_due' &&
    ledger.update('customer.subscription.updated', subject, () => {
      subject.status = 'unpaid';
    }),
  refund: ({ stripe, life, chance, subject }) => {
    if (life.refunded) return false;
    const part = chance.next() < 0.3;
    stripe.refund(subject.id, part ? 100 : undefined);
    life.refunded = true;
    return part ? 'a part' : 'all';
  },
  dispute: ({ stripe, life, chance, subject }) => {
    if (life.refunded) return false;
    const inquiry = chance.next() < 0.3;
    if (inquiry) stripe.inquire(subject.id);
    else stripe.dispute(subject.id);
    life.refunded = true;
    return inquiry ? 'an inquiry' : 'withdrawn';
  },
};
