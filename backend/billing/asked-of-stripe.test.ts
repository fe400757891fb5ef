import { beforeEach, describe, expect, it } from 'vitest';
import { eq } from '../database/drizzle.ts';
import { customers, subscriptions, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { requestSync } from '../queue/request-sync.ts';
import { eventually } from '../testing/eventually.ts';
import { startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';

describe('requests of a sync to Stripe', () => {
  let system: TestBackend;
  beforeEach(async () => {
    system = await startTestBackend();
  });
  const orm = () => system.backend.database.orm;
  const customerOf = async (customerId: string) => {
    const [found] = await orm().select().from(customers).where(eq(customers.customerId, customerId));
    return found;
  };
  const synced = (customerId: string) =>
    eventually(
      () => customerOf(customerId),
      (customer) => customer !== undefined && customer.wanted === customer.done,
    );
  /** Nothing but the sync asks meanwhile. */
  const askedBySync = async (customerId: string) => {
    const before = system.stripe.requests.length;
    await transaction(orm(), (tx) => requestSync(tx, { customerId, livemode: false }));
    await synced(customerId);
    return system.stripe.requests.slice(before).map(({ path }) => path);
  };

  it('are one list for any number of subscriptions, each with its customer', async () => {
    const { stripe, bot } = system;
    const { customer } = stripe.subscribe({ discordId: '7', price: 'price_moddy_pro_month' });
    stripe.subscribe({ discordId: '7', price: 'price_moddy_max_month' });
    await bot.received(2);
    await stripe.deliveries.idle();
    await synced(customer);
    stripe.setWebhooks([]);
    expect(await askedBySync(customer)).toEqual(['/v1/subscriptions']);
    const stored = await orm().select({ plan: subscriptions.plan, status: subscriptions.status }).from(subscriptions);
    expect(stored.toSorted((a, b) => `${a.plan}`.localeCompare(`${b.plan}`))).toEqual([
      { plan: 'moddy_max', status: 'active' },
      { plan: 'moddy_pro', status: 'active' },
    ]);
    expect(await orm().select().from(users)).toMatchObject([{ discordId: '7', email: '7@example.com' }]);
  });

  it('include the customer if it has no subscription', async () => {
    expect(await askedBySync('cus_ABC123')).toEqual(['/v1/subscriptions', '/v1/customers/cus_ABC123']);
  });

  it('park a customer that the account lacks when the list answers 404', async () => {
    system.stripe.fail({ path: '/v1/subscriptions', effect: 'status', status: 404 });
    await askedBySync('cus_elsewhere');
    expect(await customerOf('cus_elsewhere')).toMatchObject({ parkedReason: 'other_account_or_mode' });
  });

  it('keep the plan of an existing customer when the list answers 404', async () => {
    const { stripe, bot } = system;
    const { customer } = stripe.subscribe({ discordId: '7', price: 'price_moddy_max_month' });
    await bot.received(2);
    await stripe.deliveries.idle();
    await synced(customer);
    stripe.setWebhooks([]);
    stripe.fail({ path: '/v1/subscriptions', effect: 'status', status: 404 });
    await transaction(orm(), (tx) => requestSync(tx, { customerId: customer, livemode: false }));
    await eventually(
      () => customerOf(customer),
      (found) => (found?.failures ?? 0) > 0,
    );
    expect(await orm().select().from(users)).toMatchObject([{ plan: 'moddy_max' }]);
    stripe.faults.clear();
    expect((await synced(customer))?.failures).toBe(0);
  });
});
