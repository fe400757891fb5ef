import { customers, deliveries, users } from '@moddy/backend/database/schema';
import { deliveryMarks } from '@moddy/bot/discord/delivery-marks';
import { OLD_PLAN_ROLE_ID, PLAN_ROLE_ID } from '@moddy/sandbox/discord/world/seed';
import { asc, eq, inArray, sql } from 'drizzle-orm';
import type { Cluster } from './cluster.ts';

const ROLE_OF: Readonly<Record<string, string>> = { moddy_pro: OLD_PLAN_ROLE_ID, moddy_max: PLAN_ROLE_ID };
const PLAN_OF_PRICE: Readonly<Record<string, string>> = {
  price_moddy_pro_month: 'moddy_pro',
  price_moddy_max_month: 'moddy_max',
  price_moddy_max_year: 'moddy_max',
};

/** The plan that a member's subscriptions at Stripe give now; the sandbox is the truth of its own world. */
export function entitledPlan({ stripe }: Cluster, discordId: string): string {
  const live = stripe.books
    .named('test')
    .ledger.subscriptions.filter(({ metadata, status }) => metadata.discord_id === discordId && status === 'active');
  const plans = live.map(({ items }) => PLAN_OF_PRICE[items.data[0]?.price.id ?? ''] ?? 'free');
  return plans.includes('moddy_max') ? 'moddy_max' : plans.includes('moddy_pro') ? 'moddy_pro' : 'free';
}

const referenceOf = (footer: string | undefined) => /[0-9A-Z]{10}/.exec(footer ?? '')?.[0] ?? '';

/**
 * Compares what members have at Discord with what was expected, message by message and role by role.
 * @returns the counts of a scenario: anything but zeroes in the last four is a failure
 */
export async function findings(cluster: Cluster, memberIds: readonly string[], expectParked = 0) {
  const faults: string[] = [];
  const count = { outOfOrder: 0, lost: 0, duplicated: 0, effects: 0, attempts: 0, settled: 0 };
  const owners = await cluster.db
    .select()
    .from(users)
    .where(inArray(users.discordId, [...memberIds]));
  for (const discordId of memberIds) {
    const owner = owners.find((user) => user.discordId === discordId);
    const expected = owner
      ? await cluster.db
          .select()
          .from(deliveries)
          .where(eq(deliveries.userId, owner.userId))
          .orderBy(asc(deliveries.deliveryId))
      : [];
    const messages = expected.filter(({ kind, outcome }) => kind === 'notify' && outcome === 'sent');
    const expectedReferences = messages.map(({ idempotencyKey }) => deliveryMarks(idempotencyKey).reference);
    const got = cluster.discord.directMessages(discordId).map(({ embeds }) => referenceOf(embeds[0]?.footer?.text));
    count.effects += got.length;
    count.attempts += expected.reduce((sum, { attempts }) => sum + attempts, 0);
    count.settled += expected.length;
    const missing = expectedReferences.filter((reference) => !got.includes(reference));
    const repeated = got.filter(
      (reference, index) => got.indexOf(reference) !== index || !expectedReferences.includes(reference),
    );
    count.lost += missing.length;
    count.duplicated += repeated.length;
    if (missing.length + repeated.length > 0)
      faults.push(`${discordId}: ${missing.length} messages missing, ${repeated.length} too many`);
    const inOrder =
      expectedReferences.filter((reference) => got.includes(reference)).join() ===
      got.filter((reference) => expectedReferences.includes(reference)).join();
    if (!inOrder) {
      count.outOfOrder += 1;
      faults.push(`${discordId}: messages out of order`);
    }
    const plan = entitledPlan(cluster, discordId);
    const notified = messages.at(-1)?.message?.plan ?? 'free';
    if (notified !== plan || (owner?.plan ?? 'free') !== plan) {
      count.lost += 1;
      faults.push(`${discordId}: entitled to ${plan}, stored ${owner?.plan ?? 'nothing'}, last notified ${notified}`);
    }
    const roles = cluster.discord.isMember(discordId)
      ? cluster.discord.rolesOf(discordId).filter((id) => Object.values(ROLE_OF).includes(id))
      : [];
    const due = ROLE_OF[plan];
    if (cluster.discord.isMember(discordId) && roles.join() !== (due ?? '')) {
      count.lost += 1;
      faults.push(`${discordId}: entitled to ${plan}, has roles ${roles.join() || 'none'}`);
    }
  }
  const parked = await cluster.db.select().from(deliveries).where(eq(deliveries.state, 'parked'));
  if (parked.length !== expectParked) {
    count.lost += Math.abs(parked.length - expectParked);
    faults.push(
      `${parked.length} deliveries parked instead of ${expectParked}: ${parked.map(({ detail }) => detail).join('; ')}`,
    );
  }
  const webhooks = cluster.stripe.deliveries.records;
  const rejected = webhooks.filter(({ state }) => state !== 'delivered').length;
  if (rejected > 0) {
    count.lost += rejected;
    faults.push(`${rejected} webhooks never accepted`);
  }
  const accepted = new Set(webhooks.filter(({ state }) => state === 'delivered').map(({ event }) => event.id)).size;
  return {
    /** Distinct events of Stripe that the backend answered with 200. */
    accepted,
    /** Direct messages that the members have. */
    effects: count.effects,
    /** Repeated webhooks and repeated attempts that had no second effect. */
    absorbed: webhooks.length - accepted + count.attempts - count.settled,
    outOfOrder: count.outOfOrder,
    lost: count.lost,
    duplicated: count.duplicated,
    faults,
  };
}

/**
 * How much is still expected or to be checked. Counted in the order in which it moves on: a sync that ends between two
 * counts is then counted as its deliveries.
 */
export async function outstanding({ db, stripe }: Cluster): Promise<number> {
  const unsent = stripe.deliveries.records.filter(({ state }) => state === 'pending').length;
  const unsynced = await db.$count(customers, sql`${customers.wanted} > ${customers.done}`);
  const pending = await db.$count(deliveries, eq(deliveries.state, 'pending'));
  return unsent + unsynced + pending;
}
