import { signature } from '@moddy/sandbox/stripe/webhook-post';
import { describe, expect, it } from 'vitest';
import { reversals, users } from '../database/schema.ts';
import { formatParked } from '../operator/format-parked.ts';
import { listParked } from '../operator/list-parked.ts';
import { acknowledgeRefund } from '../queue/claim-refund.ts';
import { createStripe } from '../stripe-client.ts';
import { eventually } from '../testing/eventually.ts';
import { startTestBackend, type TestBackend, WEBHOOK_SECRET } from '../testing/start-test-backend.ts';

const subscribed = async (variables: Record<string, string> = {}) => {
  const system = await startTestBackend(variables);
  const { subscription } = system.stripe.subscribe({ discordId: '7', price: 'price_moddy_max_month' });
  await system.bot.received(2);
  return { system, subscription };
};
const followed = ({ backend }: TestBackend, count = 1) =>
  eventually(
    () => backend.database.orm.select().from(reversals).orderBy(reversals.reversalId),
    (rows) => rows.length === count && rows.every(({ state }) => state !== 'pending'),
  );
const statusOf = async ({ stripe }: TestBackend, subscription: string) =>
  (await createStripe(stripe.apiKey, stripe.url).subscriptions.retrieve(subscription)).status;
const cancels = ({ stripe }: TestBackend) => stripe.requests.filter(({ method }) => method === 'DELETE').length;

describe('money that went back', () => {
  it.each([
    ['a full refund', (system: TestBackend) => system.stripe.refund('7')],
    ['a dispute', (system: TestBackend) => system.stripe.dispute('7')],
  ])('REFUND_POLICY=cancel: %s ends the subscription, once, and the plan with it', async (_name, happen) => {
    const { system, subscription } = await subscribed({ REFUND_POLICY: 'cancel' });
    happen(system);
    const [row] = await followed(system);
    expect(row).toMatchObject({ state: 'done', outcome: 'cancelled', subscriptionId: subscription });
    expect(await statusOf(system, subscription)).toBe('canceled');
    const calls = await system.bot.received(4);
    expect(calls.slice(2).map(({ body }) => body.plan)).toEqual(['free', 'free']);
    const eventId = row?.eventId ?? '';
    system.stripe.resend(eventId);
    await system.stripe.deliveries.idle();
    expect(await followed(system)).toHaveLength(1);
    expect(cancels(system)).toBe(1);
  });

  it('REFUND_POLICY=cancel: a part that is refunded only alerts', async () => {
    const { system, subscription } = await subscribed({ REFUND_POLICY: 'cancel' });
    system.stripe.refund('7', 100);
    expect(await followed(system)).toMatchObject([{ kind: 'partial_refund', state: 'parked', amount: 100 }]);
    expect(await statusOf(system, subscription)).toBe('active');
    expect(cancels(system)).toBe(0);
  });

  it('REFUND_POLICY=cancel: a bank that only asks ends nothing; when it takes the money, once', async () => {
    const { system, subscription } = await subscribed({ REFUND_POLICY: 'cancel' });
    const { orm } = system.backend.database;
    const [charge] = [...system.stripe.books.named('test').ledger.charges.values()];
    const post = async (id: string, type: string, status: string) => {
      const dispute = {
        object: 'dispute',
        status,
        charge: charge?.id,
        payment_intent: charge?.payment_intent,
        amount: 999,
        currency: 'eur',
      };
      const event = { id, object: 'event', type, created: 1_750_000_000, livemode: false, data: { object: dispute } };
      const payload = JSON.stringify(event);
      const headers = { 'stripe-signature': signature(payload, WEBHOOK_SECRET) };
      const response = await fetch(`${system.publicUrl}/payments/webhook`, { method: 'POST', headers, body: payload });
      expect(response.status).toBe(200);
    };
    await post('evt_1', 'charge.dispute.created', 'warning_needs_response');
    await post('evt_2', 'charge.dispute.created', 'prevented');
    await post('evt_3', 'charge.dispute.closed', 'warning_closed');
    expect(await orm.select().from(reversals)).toEqual([]);
    await post('evt_4', 'charge.dispute.funds_withdrawn', 'needs_response');
    expect(await followed(system)).toMatchObject([{ kind: 'dispute', outcome: 'cancelled' }]);
    expect(await statusOf(system, subscription)).toBe('canceled');
    await post('evt_5', 'charge.dispute.created', 'needs_response');
    expect(await followed(system)).toHaveLength(1);
    expect(cancels(system)).toBe(1);
  });

  it('REFUND_POLICY=cancel: a lost answer of Stripe is asked again, and the end is found', async () => {
    const { system, subscription } = await subscribed({ REFUND_POLICY: 'cancel' });
    system.stripe.fail({ method: 'DELETE', effect: 'lose', times: 1 });
    system.stripe.refund('7');
    const [row] = await followed(system);
    expect(['cancelled', 'already_ended']).toContain(row?.outcome);
    expect(await statusOf(system, subscription)).toBe('canceled');
    await system.bot.received(4);
  });

  it('REFUND_POLICY=none: a refund alerts until somebody has seen it, and changes nothing', async () => {
    const { system, subscription } = await subscribed();
    const { orm } = system.backend.database;
    system.stripe.refund('7');
    const [row] = await followed(system);
    expect(row).toMatchObject({ kind: 'refund', state: 'parked', outcome: 'needs_attention' });
    const text = formatParked(await listParked(orm)).join('\n');
    expect(text).toContain('refund 1 (€9.99, cus_');
    expect(text).toContain(`(${subscription}): end it at Stripe if it should end, then parked --acknowledge 1`);
    expect(await acknowledgeRefund(orm, 1)).toBe(true);
    expect(await acknowledgeRefund(orm, 1)).toBe(false);
    expect(formatParked(await listParked(orm))).toEqual(['Nothing is parked.']);
    expect(await statusOf(system, subscription)).toBe('active');
    expect(await orm.select().from(users)).toMatchObject([{ plan: 'moddy_max' }]);
    expect(system.bot.calls).toHaveLength(2);
  });

  it.each(['won', 'lost'] as const)('a dispute that is %s is told, and changes nothing more', async (outcome) => {
    const { system } = await subscribed();
    system.stripe.dispute('7');
    await followed(system);
    system.stripe.closeDispute('7', outcome);
    const rows = await followed(system, 2);
    expect(rows[1]).toMatchObject({ kind: `dispute_${outcome}`, state: outcome === 'won' ? 'done' : 'parked' });
    expect(system.bot.calls).toHaveLength(2);
  });

  it('of the other mode waits for a start with its key', async () => {
    const { system } = await subscribed({ REFUND_POLICY: 'cancel' });
    const { subscription } = system.stripe.live.subscribe({ discordId: '8', price: 'price_moddy_max_month' });
    system.stripe.live.refund('8');
    expect(await followed(system)).toMatchObject([{ state: 'parked', outcome: 'other_account_or_mode' }]);
    expect(formatParked(await listParked(system.backend.database.orm)).join()).toContain('of the live mode');
    await system.stripe.deliveries.idle();
    await system.backend.stop();
    const replica = await system.startReplica({ STRIPE_API_KEY: system.stripe.liveApiKey });
    const rows = await eventually(
      () => replica.database.orm.select().from(reversals),
      ([row]) => row?.state === 'done',
    );
    expect(rows).toMatchObject([{ outcome: 'cancelled', subscriptionId: subscription }]);
  });

  it('is followed again when Stripe was away', async () => {
    const { system } = await subscribed({ REFUND_POLICY: 'cancel' });
    system.stripe.fail({ path: '/v1/invoice_payments', effect: 'status', status: 500, times: 3 });
    system.stripe.refund('7');
    const [row] = await followed(system);
    expect(row).toMatchObject({ outcome: 'cancelled' });
    expect(row?.failures).toBeGreaterThan(0);
  });
});
