import Stripe from 'stripe';
import type { Clock } from './clock.ts';
import { Collection } from './collection.ts';
import { resourceMissing } from './errors.ts';
import { newId } from './ids.ts';

export type EventType = Stripe.Event['type'];
export type EventObject<T extends EventType> = Extract<Stripe.Event, { type: T }>['data']['object'];

/** A recorded event, with the object frozen as it was: the payload is the very text that webhooks carry. */
export interface RecordedEvent {
  id: string;
  type: EventType;
  created: number;
  livemode: boolean;
  payload: string;
}

export const apiVersion = Stripe.API_VERSION;

const isHash = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** The fields that `after` changed, with the values of `before`; for a hash only the changed keys, as Stripe shows it. */
function difference(before: Record<string, unknown>, after: Record<string, unknown>): Record<string, unknown> {
  const changed = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter(
    (name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]),
  );
  const previous = (was: unknown, is: unknown) =>
    isHash(was) && isHash(is) && was.object === undefined ? difference(was, is) : (was ?? null);
  return Object.fromEntries(changed.map((name) => [name, previous(before[name], after[name])]));
}

/** Everything one account holds in one mode. */
export class Ledger {
  readonly customers = new Collection<Stripe.Customer>('customer');
  readonly products = new Collection<Stripe.Product>('product');
  readonly prices = new Collection<Stripe.Price>('price');
  readonly subscriptions = new Collection<Stripe.Subscription>('subscription');
  readonly subscriptionSchedules = new Collection<Stripe.SubscriptionSchedule>('subscription_schedule');
  readonly invoices = new Collection<Stripe.Invoice>('invoice');
  readonly invoicePayments = new Collection<Stripe.InvoicePayment>('invoice_payment');
  readonly paymentIntents = new Collection<Stripe.PaymentIntent>('payment_intent');
  readonly charges = new Collection<Stripe.Charge>('charge');
  readonly refunds = new Collection<Stripe.Refund>('refund');
  readonly disputes = new Collection<Stripe.Dispute>('dispute');
  readonly checkoutSessions = new Collection<Stripe.Checkout.Session>('checkout.session');
  readonly portalSessions = new Collection<Stripe.BillingPortal.Session>('billing_portal.session');
  readonly events = new Collection<RecordedEvent>('event');

  readonly deletedCustomers = new Set<string>();
  /** By invoice id: ten thousand renewals look their payments up. */
  readonly paymentOfInvoice = new Map<string, Stripe.InvoicePayment>();
  /** Customers whose card declines every charge. */
  readonly declining = new Set<string>();
  /** Those of them whose bank asks for a confirmation (3D Secure) instead. */
  readonly confirming = new Set<string>();
  /** The settings that Stripe Tax still lacks; it works once that is empty. */
  missingForTax: readonly string[] = [];
  /** The API request that is being carried out; the events it causes name it. */
  cause: Stripe.Event.Request | null = null;
  /** The same account in the other mode, for Stripe's "a similar object exists in live mode". */
  twin: Ledger | undefined;

  readonly accountId: string;
  readonly livemode: boolean;
  readonly clock: Clock;
  readonly #publish: (event: RecordedEvent) => void;

  constructor(accountId: string, livemode: boolean, clock: Clock, publish: (event: RecordedEvent) => void) {
    this.accountId = accountId;
    this.livemode = livemode;
    this.clock = clock;
    this.#publish = publish;
  }

  collections() {
    return [
      this.customers,
      this.products,
      this.prices,
      this.subscriptions,
      this.subscriptionSchedules,
      this.invoices,
      this.invoicePayments,
      this.paymentIntents,
      this.charges,
      this.refunds,
      this.disputes,
      this.checkoutSessions,
      this.portalSessions,
    ];
  }

  find(id: string): object | undefined {
    for (const collection of this.collections()) {
      const object = collection.get(id);
      if (object) return object;
    }
    return undefined;
  }

  /** The object, or Stripe's 404; `param` names the parameter that carried the id, `id` the path. */
  need<T extends { id: string }>(collection: Collection<T>, id: string, param = 'id'): T {
    const object = collection.get(id);
    if (object) return object;
    const mode = this.livemode ? 'test' : 'live';
    throw resourceMissing(collection.noun, id, param, this.twin?.find(id) ? mode : undefined);
  }

  emit<T extends EventType>(type: T, object: EventObject<T>, previous?: Record<string, unknown>): void {
    const event = {
      id: newId('evt', 24),
      object: 'event',
      api_version: apiVersion,
      created: this.clock.seconds(),
      data: { object, ...(previous ? { previous_attributes: previous } : {}) },
      livemode: this.livemode,
      pending_webhooks: 1,
      request: this.cause ?? { id: null, idempotency_key: null },
      type,
    };
    const { id, created, livemode } = event;
    this.#publish(this.events.add({ id, type, created, livemode, payload: JSON.stringify(event) }));
  }

  /** Changes an object and emits the update with the attributes as they were; nothing changed, nothing emitted. */
  update<T extends EventType>(type: T, object: EventObject<T>, change: () => void): boolean {
    const before: Record<string, unknown> = JSON.parse(JSON.stringify(object));
    change();
    const after: Record<string, unknown> = JSON.parse(JSON.stringify(object));
    const previous = difference(before, after);
    if (Object.keys(previous).length === 0) return false;
    this.emit(type, object, previous);
    return true;
  }
}
