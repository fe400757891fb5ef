import { describe, expect, it } from 'vitest';
import { eq, sql } from '../database/drizzle.ts';
import { customers, deliveries, subscriptions, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { requestSync } from '../queue/request-sync.ts';
import { runComparison } from '../reconciliation/reconcile.ts';
import { eventually } from '../testing/eventually.ts';
import { operatorDeps } from '../testing/operator-deps.ts';
import { startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';
import { findByDiscordId } from './find-by-discord-id.ts';

const DAY_MS = 24 * 60 * 60 * 1_000;
const PRO = 'price_moddy_pro_month';
const MAX = 'price_moddy_max_month';
const WHO = '900';

const ledgerOf = ({ stripe }: TestBackend) => stripe.books.named('test').ledger;

/** Stripe may be told to leave a subscription past due when the last try has failed; it then goes on for ever. */
const giveUpCollecting = (system: TestBackend) => {
  for (const invoice of ledgerOf(system).invoices.values()) invoice.next_payment_attempt = null;
};

/** The next renewal is declined. @returns when it is due. */
function declineRenewal(system: TestBackend, subscription: string): number {
  system.stripe.setCard(WHO, false);
  return (ledgerOf(system).subscriptions.get(subscription)?.items.data[0]?.current_period_end ?? 0) * 1_000;
}

/** Checks the subscriber on each of these days after `begunMs`, everything that happened until then being done. */
async function plansOn(system: TestBackend, begunMs: number, days: readonly number[]): Promise<string[]> {
  const { stripe } = system;
  const { orm } = system.backend.database;
  const synced = async () => {
    await stripe.deliveries.idle();
    await eventually(
      () => orm.$count(customers, sql`${customers.wanted} > ${customers.done}`),
      (waiting) => waiting === 0,
    );
  };
  const plans: string[] = [];
  for (const day of days) {
    await synced();
    giveUpCollecting(system);
    stripe.advance(begunMs + day * DAY_MS - stripe.nowMs());
    await synced();
    const [customer] = await orm.select().from(customers);
    // The moment at which time alone decides has come, though the database's clock was not moved.
    await transaction(orm, (tx) => requestSync(tx, { customerId: customer?.customerId ?? '', livemode: false }));
    await synced();
    plans.push((await findByDiscordId(orm, WHO))?.user.plan ?? 'nobody');
  }
  return plans;
}

/** The stored messages, sent or not: the deliverer's clock is weeks ahead, so it drops new messages as too old. */
const pending = async ({ backend }: TestBackend) => {
  const { orm } = backend.database;
  const rows = await orm.select().from(deliveries).where(eq(deliveries.kind, 'notify')).orderBy(deliveries.deliveryId);
  return rows.map(({ message }) => [message?.action, message?.change]);
};

describe('the grace of a late payment', () => {
  it('ends once although Stripe bills the following weeks', async () => {
    const system = await startTestBackend({ PAST_DUE_GRACE_DAYS: '7' });
    const price = ledgerOf(system).prices.get(MAX);
    if (!price?.recurring) throw new Error('no price');
    price.recurring.interval = 'week';
    const begunMs = system.stripe.nowMs();
    const { subscription } = system.stripe.subscribe({ discordId: WHO, price: MAX });
    await system.bot.received(2);
    system.stripe.setCard(WHO, false);
    const days = [6, 8, 13, 15, 22, 36, 50];
    const m = 'moddy_max';
    expect(await plansOn(system, begunMs, days)).toEqual([m, m, m, 'free', 'free', 'free', 'free']);
    expect(ledgerOf(system).subscriptions.get(subscription)?.status).toBe('past_due');
    expect(await pending(system)).toEqual([
      ['subscription_created', null],
      ['subscription_updated', 'payment_late'],
      ['subscription_cancelled', null],
    ]);
  });

  it('does not restart with the next month or a reconciliation', async () => {
    const system = await startTestBackend({ PAST_DUE_GRACE_DAYS: '7' });
    const { subscription } = system.stripe.subscribe({ discordId: WHO, price: MAX });
    await system.bot.received(2);
    const begunMs = declineRenewal(system, subscription);
    const days = [1, 6, 8, 29, 33, 41, 64];
    const m = 'moddy_max';
    expect(await plansOn(system, begunMs, days)).toEqual([m, m, 'free', 'free', 'free', 'free', 'free']);
    system.stripe.setWebhooks([]);
    system.stripe.advance(begunMs + 95 * DAY_MS - system.stripe.nowMs());
    const deps = operatorDeps(system);
    const compared = await runComparison(
      { ...deps, rules: { ...deps.rules, pastDueGraceMs: 7 * DAY_MS }, now: () => new Date(system.stripe.nowMs()) },
      'reconcile',
      { dry: true, force: false, everyMs: DAY_MS },
    );
    expect(compared).toMatchObject({ differences: 1, entitlementsChanged: 0 });
  });

  it('starts in full when an upgrade is declined mid-month, and again after a payment', async () => {
    const system = await startTestBackend({ PAST_DUE_GRACE_DAYS: '7' });
    const { stripe } = system;
    const { orm } = system.backend.database;
    stripe.subscribe({ discordId: WHO, price: PRO });
    await system.bot.received(2);
    const begunMs = stripe.nowMs();
    expect(await plansOn(system, begunMs, [20])).toEqual(['moddy_pro']);
    stripe.setCard(WHO, false);
    stripe.changePrice(WHO, MAX, 'always_invoice');
    const p = 'moddy_pro';
    expect(await plansOn(system, begunMs, [20.1, 22, 26])).toEqual([p, p, p]);
    const m = 'moddy_max';
    stripe.recoverPayment(WHO);
    expect(await plansOn(system, begunMs, [28])).toEqual([m]);
    expect(await orm.select().from(subscriptions)).toMatchObject([{ status: 'active', pastDueSince: null }]);
    stripe.failPayment(WHO);
    expect(await plansOn(system, begunMs, [29, 34.5, 36])).toEqual([m, m, 'free']);
  });

  it('keeps the paid plan when an upgrade is declined, and sends payment_late', async () => {
    const system = await startTestBackend({ PAST_DUE_GRACE_DAYS: '7' });
    const { stripe } = system;
    stripe.subscribe({ discordId: WHO, price: PRO });
    await system.bot.received(2);
    const begunMs = stripe.nowMs();
    expect(await plansOn(system, begunMs, [5])).toEqual(['moddy_pro']);
    stripe.setCard(WHO, false);
    stripe.changePrice(WHO, MAX, 'always_invoice');
    // The grace alone would end on the twelfth day.
    expect(await plansOn(system, begunMs, [6, 13, 28, 32])).toEqual(['moddy_pro', 'moddy_pro', 'moddy_pro', 'free']);
    expect(await pending(system)).toEqual([
      ['subscription_created', null],
      ['subscription_updated', 'payment_late'],
      ['subscription_cancelled', null],
    ]);
  });

  it('counts from the paid period although the scheduled end is 300 days away', async () => {
    const system = await startTestBackend({ PAST_DUE_GRACE_DAYS: '7' });
    const { subscription } = system.stripe.subscribe({ discordId: WHO, price: MAX });
    await system.bot.received(2);
    system.stripe.cancelAt(WHO, Math.floor(system.stripe.nowMs() / 1_000) + 300 * 86_400);
    await system.bot.received(3);
    const begunMs = declineRenewal(system, subscription);
    expect(await plansOn(system, begunMs, [-1, 6, 8])).toEqual(['moddy_max', 'moddy_max', 'free']);
  });

  it('sends action_required when the bank asks for a confirmation', async () => {
    const system = await startTestBackend();
    const { stripe } = system;
    stripe.subscribe({ discordId: WHO, price: MAX });
    await system.bot.received(2);
    stripe.setCard(WHO, 'confirm');
    stripe.renew(WHO);
    const calls = await system.bot.received(3);
    expect(calls.at(-1)?.body).toMatchObject({ metadata: { change: 'payment_late', action_required: true } });
    const [event] = ledgerOf(system).events.filter(({ type }) => type === 'invoice.payment_action_required');
    expect(event).toBeDefined();
    stripe.recoverPayment(WHO);
    const paid = await system.bot.received(4);
    expect(paid.at(-1)?.body).toMatchObject({ metadata: { change: 'payment_recovered' } });
  });

  it('counts from the period start without a stored pastDueSince or subscription', async () => {
    const system = await startTestBackend({ PAST_DUE_GRACE_DAYS: '7' });
    const { orm } = system.backend.database;
    const { subscription } = system.stripe.subscribe({ discordId: WHO, price: MAX });
    await system.bot.received(2);
    const begunMs = declineRenewal(system, subscription);
    expect(await plansOn(system, begunMs, [3])).toEqual(['moddy_max']);
    await orm.update(subscriptions).set({ pastDueSince: null, paidPlan: null, paidUntil: null });
    expect(await plansOn(system, begunMs, [4, 8])).toEqual(['moddy_max', 'free']);
    await orm.delete(subscriptions);
    await orm.update(users).set({ plan: 'moddy_max' }).where(eq(users.discordId, WHO));
    expect(await plansOn(system, begunMs, [9])).toEqual(['free']);
  });
});
