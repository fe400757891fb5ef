import Stripe from 'stripe';
import type { subscriptions } from '../database/schema.ts';
import type { Plans } from '../plans.ts';
import { ENDED } from './entitlement.ts';

/** A customer and all their subscriptions as Stripe has them now. */
export interface FetchedCustomer {
  /** Null for a deleted customer without subscriptions: nothing tells. */
  readonly livemode: boolean | null;
  readonly email: string | null;
  /** From the metadata of the newest subscription that has one, else of the customer. */
  readonly discordId: string | null;
  /** The same of the subscriptions that have not ended, alone. */
  readonly currentDiscordId: string | null;
  readonly subscriptions: readonly Fetched[];
}

export type Fetched = Omit<
  typeof subscriptions.$inferSelect,
  'updatedAt' | 'seenAt' | 'pastDueSince' | 'paidPlan' | 'paidUntil' | 'actionRequired'
>;

/** The customer is not in the account and mode that our key belongs to. */
export class UnknownCustomer extends Error {
  override readonly name = 'UnknownCustomer';
}

/** @throws {UnknownCustomer} and what the Stripe SDK throws. */
export async function fetchFromStripe(stripe: Stripe, customerId: string, plans: Plans): Promise<FetchedCustomer> {
  const listed = await listSubscriptions(stripe, customerId).catch((error: unknown) => {
    if (error instanceof Stripe.errors.StripeInvalidRequestError) return error;
    throw error;
  });
  const found = Array.isArray(listed) ? listed : [];
  const customer = customerOf(found[0]) ?? (await retrieveCustomer(stripe, customerId));
  // Deleting a customer ends what they subscribed to; whether it is still listed then, Stripe does not promise.
  if (!Array.isArray(listed) && !customer.deleted) throw listed;
  const newest = found.toSorted((a, b) => b.created - a.created);
  const metadataOf = (subscriptions: readonly Stripe.Subscription[]) => subscriptions.map(({ metadata }) => metadata);
  return {
    // A deleted customer has no livemode; its subscriptions, if any, tell.
    livemode: customer.deleted ? (found[0]?.livemode ?? null) : customer.livemode,
    email: customer.deleted ? null : customer.email,
    discordId: discordIdIn(...metadataOf(newest), customer.deleted ? null : customer.metadata),
    currentDiscordId: discordIdIn(...metadataOf(newest.filter(({ status }) => !ENDED.includes(status)))),
    subscriptions: found.map((subscription) => shapeSubscription(subscription, plans)),
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
  for await (const subscription of all) found.push(subscription);
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

/** The first usable Discord id in these metadata. */
export function discordIdIn(...metadata: readonly (Stripe.Metadata | null | undefined)[]): string | null {
  return metadata.map((entry) => entry?.discord_id).find((value) => value !== undefined && isDiscordId(value)) ?? null;
}

export const isDiscordId = (text: string): boolean => /^[0-9]{1,20}$/.test(text);

/** As much of a subscription as we keep. */
export function shapeSubscription(subscription: Stripe.Subscription, plans: Plans): Fetched {
  // The period stands on the items since API version 2025-03-31; we sell one price per subscription.
  const item = subscription.items.data[0];
  const priceId = item?.price.id ?? null;
  const endsEarly = subscription.cancel_at ?? null;
  const periodEnd = endsEarly ?? item?.current_period_end;
  return {
    subscriptionId: subscription.id,
    customerId: typeof subscription.customer === 'string' ? subscription.customer : subscription.customer.id,
    status: subscription.status,
    priceId,
    plan: plans.planOf(priceId),
    interval: item?.price.recurring?.interval ?? null,
    intervalCount: item?.price.recurring?.interval_count ?? null,
    amount: amountOf(subscription),
    currency: subscription.currency,
    amountDue: amountDueOf(subscription),
    currentPeriodStart: item ? seconds(item.current_period_start) : null,
    currentPeriodEnd: periodEnd === undefined ? null : seconds(periodEnd),
    cancelAtPeriodEnd: subscription.cancel_at_period_end || endsEarly !== null,
    collectionPaused: subscription.pause_collection !== null,
    collectionResumesAt: moment(subscription.pause_collection?.resumes_at),
    endedAt: moment(subscription.ended_at),
    createdAt: seconds(subscription.created),
  };
}

const seconds = (epoch: number) => new Date(epoch * 1000);
const moment = (epoch: number | null | undefined) => (epoch === null || epoch === undefined ? null : seconds(epoch));

/** What a period costs; null where a discount or what was used decides. */
function amountOf({ items, discounts }: Stripe.Subscription): number | null {
  const amounts = items.data.map(({ price, quantity }) => (price.unit_amount ?? Number.NaN) * (quantity ?? 1));
  const amount = amounts.reduce((sum, each) => sum + each, 0);
  return discounts.length > 0 || !Number.isInteger(amount) ? null : amount;
}

const amountDueOf = ({ latest_invoice: invoice }: Stripe.Subscription): number | null =>
  typeof invoice === 'object' && invoice?.status === 'open' ? invoice.amount_remaining : null;

function isMissing(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'resource_missing';
}
