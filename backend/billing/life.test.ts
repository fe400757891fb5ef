import { cleaningUp } from '@moddy/runtime/testing/cleaning-up';
import { price } from '@moddy/sandbox/stripe/objects/price';
import { beforeAll, describe, expect, it } from 'vitest';
import { createStripe } from '../stripe-client.ts';
import { eventually } from '../testing/eventually.ts';
import { PLAN_PRICES, startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';
import type { Call } from '../testing/stub-bot.ts';
import { findByDiscordId } from './find-by-discord-id.ts';

/** The messages and roles that a user got, without the order between the two lanes. */
const notified = (calls: readonly Call[]) =>
  calls.flatMap((call) => (call.operation === 'notifyUser' ? [call.body] : []));
const given = (calls: readonly Call[]) =>
  calls.flatMap((call) => (call.operation === 'updateUserRole' ? [call.body] : []));

const QUARTERLY = 'price_moddy_pro_quarter';

describe('the life cycle of a subscription', () => {
  let system: TestBackend;
  beforeAll(
    cleaningUp(async (end) => {
      system = await startTestBackend(
        { PLAN_PRICES: JSON.stringify({ ...PLAN_PRICES, moddy_pro: [...PLAN_PRICES.moddy_pro, QUARTERLY] }) },
        end,
      );
    }),
  );
  /** Lets something happen at Stripe and answers the calls that the bot then got. */
  const after = async (happening: () => unknown, calls: number) => {
    const before = system.bot.calls.length;
    happening();
    return (await system.bot.received(before + calls)).slice(before);
  };
  const user = async (discordId: string) => (await findByDiscordId(system.backend.database.orm, discordId))?.user;

  it('sends one notice per change, from the first payment to the end', async () => {
    const { stripe } = system;
    const discordId = '123456789012345678';

    const created = await after(() => stripe.subscribe({ discordId, price: 'price_moddy_pro_month' }), 2);
    expect(notified(created)).toMatchObject([
      {
        discord_id: discordId,
        action: 'subscription_created',
        plan: 'moddy_pro',
        metadata: { subscription_type: 'month' },
      },
    ]);
    expect(given(created)).toEqual([{ discord_id: discordId, plan: 'moddy_pro', revision: 1 }]);

    const upgraded = await after(() => stripe.changePrice(discordId, 'price_moddy_max_month'), 2);
    expect(notified(upgraded)).toMatchObject([
      { action: 'plan_upgraded', plan: 'moddy_max', metadata: { change: null } },
    ]);
    expect(given(upgraded)).toEqual([{ discord_id: discordId, plan: 'moddy_max', revision: 2 }]);

    const yearly = await after(() => stripe.changePrice(discordId, 'price_moddy_max_year'), 1);
    expect(notified(yearly)).toMatchObject([
      { action: 'subscription_updated', metadata: { change: 'interval_changed', interval: 'year' } },
    ]);

    const scheduled = await after(() => stripe.cancelAtPeriodEnd(discordId), 1);
    const end = new Date((await periodEnd(discordId)) ?? 0).toISOString();
    expect(notified(scheduled)).toMatchObject([
      { action: 'subscription_updated', metadata: { change: 'cancellation_scheduled', effective_at: end } },
    ]);

    const withdrawn = await after(() => stripe.undoCancel(discordId), 1);
    expect(notified(withdrawn)).toMatchObject([{ metadata: { change: 'cancellation_withdrawn' } }]);

    const late = await after(() => stripe.failPayment(discordId), 1);
    expect(notified(late)).toMatchObject([
      { action: 'subscription_updated', plan: 'moddy_max', metadata: { change: 'payment_late' } },
    ]);

    const recovered = await after(() => stripe.recoverPayment(discordId), 1);
    expect(notified(recovered)).toMatchObject([{ metadata: { change: 'payment_recovered' } }]);

    const downgraded = await after(() => stripe.changePrice(discordId, 'price_moddy_pro_month'), 2);
    expect(notified(downgraded)).toMatchObject([{ action: 'plan_downgraded', plan: 'moddy_pro' }]);

    const cancelled = await after(() => stripe.cancelNow(discordId), 2);
    expect(notified(cancelled)).toMatchObject([{ action: 'subscription_cancelled', plan: 'free' }]);
    expect(given(cancelled)).toEqual([{ discord_id: discordId, plan: 'free', revision: 4 }]);
    expect(await user(discordId)).toMatchObject({ plan: 'free', revision: 4 });
  });

  it('sends no notice for a renewal or a lower second subscription', async () => {
    const { stripe } = system;
    await after(() => stripe.subscribe({ discordId: '201', price: 'price_moddy_max_month' }), 2);
    const second = stripe.subscribe({ discordId: '201', price: 'price_moddy_pro_month' });
    stripe.renew('201');
    stripe.cancelNow(second.subscription);
    const next = await after(() => stripe.subscribe({ discordId: '202', price: 'price_moddy_max_month' }), 2);
    expect(notified(next)).toMatchObject([{ discord_id: '202' }]);
    expect(system.bot.calls.filter(({ body }) => body.discord_id === '201')).toHaveLength(2);
  });

  it('reports a resumed subscription as an update, not as a new one', async () => {
    const { stripe } = system;
    await after(() => stripe.subscribe({ discordId: '203', price: 'price_moddy_max_month', trialDays: 7 }), 2);
    const paused = await after(() => stripe.pause('203'), 2);
    expect(notified(paused)).toMatchObject([{ action: 'subscription_cancelled', plan: 'free' }]);
    const resumed = await after(() => stripe.resume('203'), 2);
    expect(notified(resumed)).toMatchObject([
      { action: 'subscription_updated', plan: 'moddy_max', metadata: { change: 'resumed' } },
    ]);
  });

  it('sends the interval count and its change', async () => {
    const { stripe } = system;
    const { ledger } = stripe.books.named('test');
    const month = { product: 'prod_moddy_pro', interval: 'month', amount: 499 } as const;
    ledger.prices.add(price(ledger, { ...month, id: QUARTERLY, intervalCount: 3, amount: 1299 }));
    const created = await after(() => stripe.subscribe({ discordId: '204', price: QUARTERLY }), 2);
    expect(notified(created)).toMatchObject([{ metadata: { interval: 'month', interval_count: 3 } }]);
    const monthly = await after(() => stripe.changePrice('204', 'price_moddy_pro_month'), 1);
    expect(notified(monthly)).toMatchObject([
      { metadata: { change: 'interval_changed', interval: 'month', interval_count: 1 } },
    ]);
  });

  it('stores an e-mail address that changes at Stripe', async () => {
    const { stripe } = system;
    const { customer } = stripe.subscribe({
      discordId: '205',
      price: 'price_moddy_max_month',
      email: 'old@example.com',
    });
    await eventually(
      () => user('205'),
      (found) => found?.email === 'old@example.com',
    );
    const api = createStripe(stripe.apiKey, stripe.url);
    await api.customers.update(customer, { email: 'new@example.com' });
    await eventually(
      () => user('205'),
      (found) => found?.email === 'new@example.com',
    );
  });

  async function periodEnd(discordId: string): Promise<number | undefined> {
    const found = await findByDiscordId(system.backend.database.orm, discordId);
    return found?.subscription?.currentPeriodEnd?.getTime();
  }
});
