import { createLogger } from '@moddy/runtime/log';
import { price, product } from '@moddy/sandbox/stripe/objects/price';
import { describe, expect, it, onTestFinished } from 'vitest';
import { eq } from '../database/drizzle.ts';
import { openDatabase } from '../database/open.ts';
import { customers } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { createPlans } from '../plans.ts';
import { claimCustomers } from '../queue/claim-sync.ts';
import { requestSync } from '../queue/request-sync.ts';
import { eventually } from '../testing/eventually.ts';
import { operatorDeps } from '../testing/operator-deps.ts';
import { startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';
import type { Call } from '../testing/stub-bot.ts';
import { findByDiscordId } from './find-by-discord-id.ts';
import { linkCustomer, nameOwnerAtStripe } from './link-customer.ts';
import { syncCustomer } from './sync-customer.ts';

const MAX = 'price_moddy_max_month';
const PRO = 'price_moddy_pro_month';

const ormOf = ({ backend }: TestBackend) => backend.database.orm;
const userOf = async (system: TestBackend, discordId: string) =>
  (await findByDiscordId(ormOf(system), discordId))?.user;
const forced = (system: TestBackend) => ({ rules: operatorDeps(system).rules, now: new Date() });
const link = (system: TestBackend, customerId: string, discordId: string, force = false) =>
  linkCustomer(ormOf(system), {
    customerId,
    discordId,
    livemode: false,
    force: force ? forced(system) : undefined,
  });
const notified = (calls: readonly Call[], who: string) =>
  calls
    .filter(({ body }) => body.discord_id === who)
    .map(({ operation, body }) => [operation, body.plan])
    .toSorted();

it('nameOwnerAtStripe writes the Discord id to the customer and its live subscriptions of ours', async () => {
  const system = await startTestBackend();
  const { stripe } = system;
  const deps = operatorDeps(system);
  const { customer, subscription } = stripe.subscribe({ discordId: '1', price: MAX });
  const ended = stripe.subscribe({ discordId: '1', price: PRO, customer }).subscription;
  stripe.cancelNow(ended);
  const { ledger } = stripe.books.named('test');
  ledger.products.add(
    product(ledger, 'prod_mug', { name: 'Mug club', description: 'A mug every month', features: [] }),
  );
  ledger.prices.add(price(ledger, { id: 'price_mug', product: 'prod_mug', interval: 'month', amount: 1500 }));
  const foreign = await deps.stripe.subscriptions.create({ customer, items: [{ price: 'price_mug' }] });
  const { customers: known, subscriptions } = ledger;
  // The subscription may be foreign: Stripe does not say whose it is.
  stripe.fail({ path: '/v1/prices', effect: 'status', status: 401 });
  await nameOwnerAtStripe({ ...deps, plans: deps.rules.plans }, customer, '3');
  expect(subscriptions.get(subscription)?.metadata).toEqual({ discord_id: '3' });
  expect(subscriptions.get(foreign.id)?.metadata).toEqual({});
  stripe.faults.clear();
  await nameOwnerAtStripe({ ...deps, plans: deps.rules.plans }, customer, '2');
  expect(known.get(customer)?.metadata).toEqual({ discord_id: '2' });
  expect(subscriptions.get(subscription)?.metadata).toEqual({ discord_id: '2' });
  expect(subscriptions.get(ended)?.metadata).toEqual({ discord_id: '1' });
  expect(subscriptions.get(foreign.id)?.metadata).toEqual({});
});

describe('a customer linked to the wrong user', () => {
  it('stays with that user unless the link is forced', async () => {
    const system = await startTestBackend();
    const { customer } = system.stripe.subscribe({ discordId: '1', price: MAX });
    await system.bot.received(2);
    await expect(link(system, customer, '2')).rejects.toThrow(/belongs to another user already \(user id \d+\)/);
    expect(await userOf(system, '2')).toBeUndefined();
    expect(await link(system, customer, '1')).toBeUndefined();
  });

  it('moves by force to the right user, and the previous user is notified and loses the role', async () => {
    const system = await startTestBackend();
    const { customer } = system.stripe.subscribe({ discordId: '1', price: MAX, email: 'payer@example.com' });
    await system.bot.received(2);
    expect(await link(system, customer, '2', true)).toEqual({ discordId: '1', plan: 'free' });
    const calls = (await system.bot.received(6)).slice(2);
    expect(notified(calls, '1')).toEqual([
      ['notifyUser', 'free'],
      ['updateUserRole', 'free'],
    ]);
    expect(notified(calls, '2')).toEqual([
      ['notifyUser', 'moddy_max'],
      ['updateUserRole', 'moddy_max'],
    ]);
    expect(await userOf(system, '1')).toMatchObject({ plan: 'free', subscriptionId: null, email: null, revision: 2 });
    // Later events are the right one's.
    system.stripe.cancelNow('1');
    const ended = (await system.bot.received(8)).slice(6);
    expect(ended.map(({ body }) => [body.discord_id, body.plan])).toEqual([
      ['2', 'free'],
      ['2', 'free'],
    ]);
  });

  it('leaves the previous user the plan of another customer', async () => {
    const system = await startTestBackend();
    const second = system.stripe.books.named('test').ledger.customers.get('cus_ABC123')?.id ?? '';
    system.stripe.subscribe({ discordId: '1', price: PRO, customer: second });
    const { customer } = system.stripe.subscribe({ discordId: '1', price: MAX });
    await eventually(
      () => ormOf(system).$count(customers, eq(customers.done, customers.wanted)),
      (count) => count === 2,
    );
    expect(await link(system, customer, '2', true)).toEqual({ discordId: '1', plan: 'moddy_pro' });
    await eventually(
      () => userOf(system, '2'),
      (user) => user?.plan === 'moddy_max',
    );
  });

  it('does not move with the key of the other mode; the previous user keeps a plan at an unlisted price', async () => {
    const system = await startTestBackend();
    const second = system.stripe.books.named('test').ledger.customers.get('cus_ABC123')?.id ?? '';
    system.stripe.subscribe({ discordId: '1', price: PRO, customer: second });
    const { customer } = system.stripe.subscribe({ discordId: '1', price: MAX });
    await eventually(
      () => ormOf(system).$count(customers, eq(customers.done, customers.wanted)),
      (count) => count === 2,
    );
    const wish = { customerId: customer, discordId: '2', livemode: false };
    const live = linkCustomer(ormOf(system), { ...wish, livemode: true, force: forced(system) });
    await expect(live).rejects.toThrow(/is not of the live mode/);
    expect(await userOf(system, '1')).toMatchObject({ plan: 'moddy_max' });
    expect(await userOf(system, '2')).toBeUndefined();
    const rules = { ...forced(system).rules, plans: createPlans(new Map([['moddy_max', [MAX]]])) };
    const left = await linkCustomer(ormOf(system), { ...wish, force: { rules, now: new Date() } });
    expect(left).toEqual({ discordId: '1', plan: 'moddy_pro' });
  });

  it('is logged when Stripe names another user', async () => {
    const system = await startTestBackend();
    const { customer, subscription } = system.stripe.subscribe({ discordId: '1', price: MAX });
    await system.bot.received(2);
    await system.backend.stop();
    // The service is stopped: the test syncs the customer itself, to read the log.
    const database = await openDatabase({ url: system.databaseUrl });
    onTestFinished(() => database.close());
    const { orm } = database;
    const found = system.stripe.books.named('test').ledger.subscriptions.get(subscription);
    if (found) found.metadata = { discord_id: '2' };
    const lines: string[] = [];
    const log = createLogger('warn', 'test', { write: (line) => void lines.push(line) });
    await transaction(orm, (tx) => requestSync(tx, { customerId: customer, livemode: false }));
    const [claim] = await claimCustomers(orm, 1);
    if (claim) await syncCustomer({ ...operatorDeps(system), db: orm, log }, claim);
    expect(lines.join()).toContain('Stripe names another Discord user');
    expect(lines.join()).toContain('"discordId":"2"');
  });
});
