import { expect, it } from 'vitest';
import { eq } from '../database/drizzle.ts';
import { subscriptions, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { requestSync } from '../queue/request-sync.ts';
import { eventually } from '../testing/eventually.ts';
import { startTestBackend } from '../testing/start-test-backend.ts';

it('a sync cancels the subscriptions of a deleted customer when the list answers 404', async () => {
  const system = await startTestBackend();
  const { orm } = system.backend.database;
  const { customer } = system.stripe.subscribe({ discordId: '7', price: 'price_moddy_max_month' });
  await system.bot.received(2);
  system.stripe.setWebhooks([]);
  const { ledger } = system.stripe.books.named('test');
  ledger.customers.remove(customer);
  ledger.deletedCustomers.add(customer);
  // Stripe does not say what it answers then.
  system.stripe.fail({ path: '/v1/subscriptions', effect: 'status', status: 404 });
  await transaction(orm, (tx) => requestSync(tx, { customerId: customer, livemode: false }));
  await eventually(
    () => orm.select().from(users).where(eq(users.discordId, '7')),
    ([user]) => user?.plan === 'free',
  );
  expect(await orm.select().from(subscriptions)).toMatchObject([{ status: 'canceled' }]);
});
