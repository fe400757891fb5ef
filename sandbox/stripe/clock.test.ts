import { afterEach, beforeEach, expect, it } from 'vitest';
import { addInterval } from './billing/period.ts';
import type { SandboxStripe } from './sandbox-stripe.ts';
import { startStripe } from './start.ts';
import { sdk } from './testing.ts';

const day = 86_400_000;
let sandbox: SandboxStripe;

beforeEach(async () => {
  sandbox = await startStripe();
});
afterEach(() => sandbox.close());

const subscribe = (options = {}) =>
  sandbox.subscribe({ discordId: '1', price: 'price_moddy_max_month', ...options }).subscription;
const read = (id: string) => sdk(sandbox).subscriptions.retrieve(id);

it('a subscription renews once a month', async () => {
  const id = subscribe();
  const before = (await read(id)).items.data[0]?.current_period_end ?? 0;
  sandbox.advance(92 * day);
  const after = (await read(id)).items.data[0];
  expect(after?.current_period_end).toBeGreaterThan(sandbox.nowMs() / 1000);
  expect(after?.current_period_start).toBeGreaterThan(before);
  const invoices = await sdk(sandbox).invoices.list({ subscription: id });
  expect(invoices.data.map(({ billing_reason: reason }) => reason)).toContain('subscription_cycle');
  expect(invoices.data.length).toBeGreaterThanOrEqual(4);
});

it('a subscription cancelled at period end ends at that second', async () => {
  const id = subscribe();
  const { cancel_at: end } = sandbox.cancelAtPeriodEnd(id);
  sandbox.advance(40 * day);
  expect(await read(id)).toMatchObject({ status: 'canceled', ended_at: end });
});

it('a subscription ends at its cancel_at', async () => {
  const id = subscribe();
  sandbox.cancelAt(id, Math.floor(sandbox.nowMs() / 1000) + 86_400);
  expect(await read(id)).toMatchObject({ status: 'active', cancel_at_period_end: false });
  sandbox.advance(2 * day);
  expect((await read(id)).status).toBe('canceled');
});

it('a trial becomes active, or past_due when the card is declined', async () => {
  const [good, bad] = ['10', '11'].map((discordId) => subscribe({ discordId, trialDays: 7 }));
  sandbox.setCard(bad ?? '', false);
  expect((await read(good ?? '')).status).toBe('trialing');
  sandbox.advance(8 * day);
  expect((await read(good ?? '')).status).toBe('active');
  expect((await read(bad ?? '')).status).toBe('past_due');
});

it('a subscription expires a day after an incomplete first payment', async () => {
  sandbox.setCard('cus_ABC123', false);
  const id = subscribe({ customer: 'cus_ABC123', viaCheckout: false });
  expect((await read(id)).status).toBe('incomplete');
  sandbox.advance(day);
  expect((await read(id)).status).toBe('incomplete_expired');
});

it('a pause of collection voids invoices and ends at resumes_at', async () => {
  const id = subscribe();
  const resumes = Math.floor(sandbox.nowMs() / 1000) + 40 * 86_400;
  await sdk(sandbox).subscriptions.update(id, { pause_collection: { behavior: 'void', resumes_at: resumes } });
  sandbox.advance(35 * day);
  const [voided] = (await sdk(sandbox).invoices.list({ subscription: id })).data;
  expect(voided).toMatchObject({ billing_reason: 'subscription_cycle', status: 'void' });
  sandbox.advance(10 * day);
  expect((await read(id)).pause_collection).toBeNull();
});

it('an unpaid Checkout session expires', async () => {
  const stripe = sdk(sandbox);
  const session = await stripe.checkout.sessions.create({
    mode: 'subscription',
    line_items: [{ price: 'price_moddy_max_month', quantity: 1 }],
    success_url: 'http://site.test',
  });
  sandbox.advance(2 * day);
  expect(await stripe.checkout.sessions.retrieve(session.id)).toMatchObject({ status: 'expired', url: null });
  expect((await stripe.events.list({ type: 'checkout.session.expired' })).data).toHaveLength(1);
});

it('events have whole seconds of the sandbox clock', async () => {
  sandbox.advance(10 * day);
  subscribe();
  const [event] = (await sdk(sandbox).events.list({ limit: 1 })).data;
  expect(Math.abs((event?.created ?? 0) - sandbox.nowMs() / 1000)).toBeLessThan(60);
  expect(Number.isInteger(event?.created)).toBe(true);
});

it('addInterval counts calendar months', () => {
  const seconds = (text: string) => Date.parse(text) / 1000;
  const monthly = {
    interval: 'month',
    interval_count: 1,
    meter: null,
    trial_period_days: null,
    usage_type: 'licensed',
  } as const;
  const january = seconds('2026-01-31T10:00:00Z');
  const february = addInterval(january, monthly);
  expect(february).toBe(seconds('2026-02-28T10:00:00Z'));
  expect(addInterval(february, monthly, january)).toBe(seconds('2026-03-31T10:00:00Z'));
  expect(addInterval(seconds('2024-02-29T00:00:00Z'), { ...monthly, interval: 'year' })).toBe(
    seconds('2025-02-28T00:00:00Z'),
  );
});
