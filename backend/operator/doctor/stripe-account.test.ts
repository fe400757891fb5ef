import { price, product } from '@moddy/sandbox/stripe/objects/price';
import { startStripe } from '@moddy/sandbox/stripe/start';
import { expect, it, onTestFinished } from 'vitest';
import { createPlans } from '../../plans.ts';
import { createStripe } from '../../stripe-client.ts';
import { PLAN_PRICES } from '../../testing/start-test-backend.ts';
import { examineAccount } from './stripe-account.ts';

it('names foreign products of the account and the proration of plan changes in the portal', async () => {
  const sandbox = await startStripe();
  onTestFinished(() => sandbox.close());
  const stripe = createStripe(sandbox.apiKey, sandbox.url);
  const { ledger } = sandbox.books.named('test');
  const plans = createPlans(new Map(Object.entries(PLAN_PRICES)));
  const detailOf = async (name: string) =>
    (await examineAccount(stripe, plans)).find((finding) => finding.name === name && finding.isWell)?.detail;
  sandbox.subscribe({ discordId: '1', price: 'price_moddy_max_month' });
  expect(await detailOf('other products')).toBe('none');
  ledger.products.add(
    product(ledger, 'prod_mug', { name: 'Mug club', description: 'A mug every month', features: [] }),
  );
  ledger.prices.add(price(ledger, { id: 'price_mug', product: 'prod_mug', interval: 'month', amount: 1500 }));
  for (const email of ['a@example.com', 'b@example.com']) {
    const { id } = await stripe.customers.create({ email });
    await stripe.subscriptions.create({ customer: id, items: [{ price: 'price_mug' }] });
  }
  expect(await detailOf('other products')).toBe('2 of prod_mug: subscriptions that are not ours, left alone');
  expect(await detailOf('portal')).toContain('always_invoice');
});
