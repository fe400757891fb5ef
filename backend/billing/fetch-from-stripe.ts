import Stripe from 'stripe';
import type { subscriptions } from '../database/schema.ts';
import { isMissing, withAllItems } from '../stripe-client.ts';
import { ENDED } from './entitlement.ts';
import { discordIdIn, type Ownership } from './ownership.ts';

/** A customer and all their subscriptions as Stripe has them now. */
export interface FetchedCustomer {
  /** Null for a deleted customer without subscriptions: nothing shows the mode. */
  readonly livemode: boolean | null;
  readonly email: string | null;
  /** From the metadata of the newest subscription that has one, else of the customer. */
  readonly discordId: string | null;
  /** The same of the subscriptions that have not ended, alone. */
  readonly currentDiscordId: string | null;
  /** Ours and foreign ones. */
  readonly subscriptions: readonly Stripe.Subscription[];
  /** The ids of those whose late payment the bank wants the customer to confirm. */
  readonly actionRequired: ReadonlySet<string>;
}

/** `paidUntil` is here the end of the currently billed period, paid or not. */
export type Fetched = Omit<typeof subscriptions.$inferSelect, 'updatedAt' | 'seenAt' | 'pastDueSince' | 'paidPlan'>;

/** The customer is not in the account and mode that our key belongs to. */
export class UnknownCustomer extends Error {
  override readonly name = 'UnknownCustomer';
}

/** @throws {UnknownCustomer} and what the Stripe SDK throws. */
export async function fetchFromStripe(stripe: Stripe, customerId: string): Promise<FetchedCustomer> {
  const listed = await listSubscriptions(stripe, customerId).catch((error: unknown) => {
    if (error instanceof Stripe.errors.StripeInvalidRequestError) return error;
    throw error;
  });
  const found = Array.isArray(listed) ? listed : [];
  const customer = customerOf(found[0]) ?? (await retrieveCustomer(stripe, customerId));
  // The deletion of a customer ends their subscriptions; Stripe does not promise to list these afterwards.
  if (!Array.isArray(listed) && !customer.deleted) throw listed;
  const newest = found.toSorted((a, b) => b.created - a.created);
  const metadataOf = (subscriptions: readonly Stripe.Subscription[]) => subscriptions.map(({ metadata }) => metadata);
  return {
    // A deleted customer has no livemode; its subscriptions, if any, show it.
    livemode: customer.deleted ? (found[0]?.livemode ?? null) : customer.livemode,
    email: customer.deleted ? null : customer.email,
    discordId: discordIdIn(...metadataOf(newest), customer.deleted ? null : customer.metadata),
    currentDiscordId: discordIdIn(...metadataOf(newest.filter(({ status }) => !ENDED.includes(status)))),
    subscriptions: found,
    actionRequired: await findActionRequired(stripe, found),
  };
}

type Customer = Stripe.Customer | Stripe.DeletedCustomer;

/** Each brings its customer and its newest invoice along: fewer of the requests that Stripe limits. */
async function listSubscriptions(stripe: Stripe, customer: string): Promise<Stripe.Subscription[]> {
  const found: Stripe.Subscription[] = [];
  const all = stripe.subscriptions.list({
    customer,
    status: 'all',
    limit: 100,
    expand: ['data.customer', 'data.latest_invoice'],
  });
  for await (const subscription of all) found.push(await withAllItems(stripe, subscription));
  return found;
}

const customerOf = (subscription: Stripe.Subscription | undefined): Customer | undefined =>
  typeof subscription?.customer === 'object' ? subscription.customer : undefined;

function retrieveCustomer(stripe: Stripe, customerId: string): Promise<Customer> {
  return stripe.customers.retrieve(customerId).catch((error: unknown) => {
    if (isMissing(error)) throw new UnknownCustomer(`${customerId} is not in this Stripe account and mode`);
    throw error;
  });
}

/** As much of a subscription of ours as we keep. */
export function shapeSubscription(
  subscription: Stripe.Subscription,
  { plan, item }: Extract<Ownership, { owner: 'listed' | 'unlisted' }>,
  actionRequired = false,
): Fetched {
  const endsAt = subscription.cancel_at ?? null;
  const periodEnd = item?.current_period_end ?? null;
  // An end may be scheduled within the period, or for a later one.
  const billedUntil = endsAt !== null && periodEnd !== null ? Math.min(endsAt, periodEnd) : periodEnd;
  return {
    subscriptionId: subscription.id,
    customerId: typeof subscription.customer === 'string' ? subscription.customer : subscription.customer.id,
    status: subscription.status,
    priceId: item?.price.id ?? null,
    plan,
    interval: item?.price.recurring?.interval ?? null,
    intervalCount: item?.price.recurring?.interval_count ?? null,
    amount: amountOf(subscription, item),
    currency: subscription.currency,
    amountDue: amountDueOf(subscription),
    actionRequired,
    // The period stands on the items since API version 2025-03-31.
    currentPeriodStart: item ? seconds(item.current_period_start) : null,
    currentPeriodEnd: moment(endsAt ?? periodEnd),
    paidUntil: moment(billedUntil),
    cancelAtPeriodEnd: subscription.cancel_at_period_end || endsAt !== null,
    collectionPaused: subscription.pause_collection !== null,
    collectionResumesAt: moment(subscription.pause_collection?.resumes_at),
    endedAt: moment(subscription.ended_at),
    createdAt: seconds(subscription.created),
  };
}

const seconds = (epoch: number) => new Date(epoch * 1000);
const moment = (epoch: number | null | undefined) => (epoch === null || epoch === undefined ? null : seconds(epoch));

/** The charge at the end of this item's period; null if a discount, a tax, another currency or usage changes it. */
function amountOf(subscription: Stripe.Subscription, item: Stripe.SubscriptionItem | undefined): number | null {
  const { customer } = subscription;
  const discount = typeof customer === 'object' && !customer.deleted ? customer.discount : null;
  const items = subscription.items.data.filter((each) => each.current_period_end === item?.current_period_end);
  const isPlain = items.every((each) => isCharged(each, subscription));
  if (discount || subscription.discounts.length > 0 || !isPlain || isTaxed(subscription.default_tax_rates)) return null;
  const amounts = items.map(({ price, quantity }) => (price.unit_amount ?? Number.NaN) * (quantity ?? 1));
  const amount = amounts.reduce((sum, each) => sum + each, 0);
  return Number.isInteger(amount) ? amount : null;
}

/** The charge for the item is the price's amount times the quantity. */
const isCharged = (
  { price, discounts, tax_rates: rates }: Stripe.SubscriptionItem,
  { currency, automatic_tax: tax }: Stripe.Subscription,
): boolean =>
  price.currency === currency &&
  price.recurring?.usage_type !== 'metered' &&
  price.transform_quantity === null &&
  discounts.length === 0 &&
  !isTaxed(rates) &&
  (!tax.enabled || price.tax_behavior === 'inclusive');

const isTaxed = (rates: readonly Stripe.TaxRate[] | null | undefined): boolean =>
  rates?.some(({ inclusive }) => !inclusive) ?? false;

const amountDueOf = ({ latest_invoice: invoice }: Stripe.Subscription): number | null =>
  typeof invoice === 'object' && invoice?.status === 'open' ? invoice.amount_remaining : null;

/**
 * Which late payments wait for the customer's confirmation at their bank: neither the subscription nor its invoice says so.
 * A key that may not read payments gives the general text.
 */
async function findActionRequired(stripe: Stripe, found: readonly Stripe.Subscription[]): Promise<ReadonlySet<string>> {
  const required = new Set<string>();
  for (const { id, status, latest_invoice: invoice } of found) {
    if (status !== 'past_due' || typeof invoice !== 'object' || invoice?.status !== 'open') continue;
    const payments = await stripe.invoicePayments
      .list({ invoice: invoice.id, expand: ['data.payment.payment_intent'] })
      .catch((error: unknown) => {
        if (error instanceof Stripe.errors.StripePermissionError) return { data: [] };
        throw error;
      });
    const waits = payments.data.some(
      ({ payment: { payment_intent: intent } }) => typeof intent === 'object' && intent.status === 'requires_action',
    );
    if (waits) required.add(id);
  }
  return required;
}
