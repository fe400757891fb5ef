import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { sql } from '../database/drizzle.ts';
import { customers } from '../database/schema.ts';
import { requestDueSyncs } from '../queue/claim-sync.ts';
import { advanceClock } from '../testing/clock.ts';
import { eventually } from '../testing/eventually.ts';
import { startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
const MAX = 'price_moddy_max_month';

/** No Stripe event arrives in these tests after the first payment: only time causes changes. */
describe('time alone', () => {
  let system: TestBackend;
  beforeEach(async () => {
    system = await startTestBackend({ PAST_DUE_GRACE_DAYS: '7' }, onTestFinished, 'movable');
  });
  const orm = () => system.backend.database.orm;
  const customer = async () => (await orm().select().from(customers))[0];
  const quiet = async () => {
    await system.stripe.deliveries.idle();
    await eventually(customer, (row) => row !== undefined && row.wanted === row.done);
    system.stripe.setWebhooks([]);
  };
  const subscribe = async () => {
    system.stripe.subscribe({ discordId: '7', price: MAX });
    await system.bot.received(2);
  };
  /** To a minute before the moment, when nothing is due, and past it, when the customer is synced by itself. */
  const passMoment = async (ms: number) => {
    const before = await customer();
    await system.advance(ms - MINUTE_MS);
    expect(await requestDueSyncs(orm())).toBe(0);
    expect(await customer()).toEqual(before);
    await system.advance(2 * MINUTE_MS);
    await eventually(customer, (row) => row !== undefined && row.done > (before?.done ?? 0));
  };
  const told = () => system.bot.calls.flatMap((call) => (call.operation === 'notifyUser' ? [call.body.action] : []));

  it('ends the grace of a late payment', async () => {
    await subscribe();
    system.stripe.failPayment('7');
    await system.bot.received(3);
    await quiet();
    // Stripe leaves the subscription past due for ever.
    for (const invoice of system.stripe.books.named('test').ledger.invoices.values())
      invoice.next_payment_attempt = null;
    const end = (await customer())?.nextCheckAt?.getTime() ?? 0;
    await passMoment(end - system.stripe.nowMs());
    const calls = await system.bot.received(5);
    expect(calls.slice(3).map(({ body }) => body.plan)).toEqual(['free', 'free']);
    expect(told()).toEqual(['subscription_created', 'subscription_updated', 'subscription_cancelled']);
    // Checked again, though not in a loop.
    const again = (await customer())?.nextCheckAt?.getTime() ?? Number.POSITIVE_INFINITY;
    expect(again - system.stripe.nowMs()).toBeGreaterThan(100 * MINUTE_MS);
  });

  it('ends a plan with a scheduled end two hours after the period', async () => {
    await subscribe();
    system.stripe.cancelAtPeriodEnd('7');
    await system.bot.received(3);
    await quiet();
    const [subscription] = system.stripe.books.named('test').ledger.subscriptions.values();
    const endsAt = (subscription?.items.data[0]?.current_period_end ?? 0) * 1_000;
    await passMoment(endsAt + 120 * MINUTE_MS - system.stripe.nowMs());
    expect((await system.bot.received(5)).slice(3).map(({ body }) => body.plan)).toEqual(['free', 'free']);
  });

  it('schedules another check while Stripe has not renewed yet, and sends no notice', async () => {
    await subscribe();
    await quiet();
    const { ledger } = system.stripe.books.named('test');
    const [subscription] = ledger.subscriptions.values();
    const item = subscription?.items.data[0];
    if (item === undefined) throw new Error('no subscription');
    // At Stripe the period is over, but no renewal has happened.
    item.current_period_end = Math.floor(system.stripe.nowMs() / 1_000) + 60;
    await orm().update(customers).set({ nextCheckAt: sql`now() + interval '1 day'` });
    await passMoment(DAY_MS);
    const next = (await customer())?.nextCheckAt?.getTime() ?? 0;
    expect(next - system.stripe.nowMs()).toBeGreaterThan(0);
    // Roles are resynced daily.
    expect(notified()).toEqual([['subscription_created', null]]);
  });

  const YEAR = 'price_moddy_max_year';
  const notified = () =>
    system.bot.calls.flatMap((call) =>
      call.operation === 'notifyUser'
        ? [[call.body.metadata?.change ?? call.body.action, call.body.metadata?.effective_at?.slice(0, 10) ?? null]]
        : [],
    );
  const periodEnd = () => {
    const [subscription] = system.stripe.books.named('test').ledger.subscriptions.values();
    return new Date((subscription?.items.data[0]?.current_period_end ?? 0) * 1_000);
  };
  const until = (moment: Date) => moment.getTime() - system.stripe.nowMs();
  const dayOf = (moment: Date) => moment.toISOString().slice(0, 10);

  it('reminds of a yearly renewal seven days before, once per period, with the amount', async () => {
    system.stripe.subscribe({ discordId: '7', price: YEAR });
    await system.bot.received(2);
    await quiet();
    const first = periodEnd();
    await passMoment(until(first) - 7 * DAY_MS);
    const calls = await system.bot.received(3);
    expect(calls[2]?.body).toMatchObject({
      action: 'subscription_updated',
      plan: 'moddy_max',
      metadata: { change: 'renewal_soon', interval: 'year', amount: 9_990, currency: 'eur' },
    });
    // Past the renewal, and to the next one: a renewal itself is no news.
    await passMoment(until(first) + 120 * MINUTE_MS);
    const second = periodEnd();
    await passMoment(until(second) - 7 * DAY_MS);
    await system.bot.received(4);
    expect(notified()).toEqual([
      ['subscription_created', null],
      ['renewal_soon', dayOf(first)],
      ['renewal_soon', dayOf(second)],
    ]);
  });

  it('reminds of a renewal before the scheduled end', async () => {
    system.stripe.subscribe({ discordId: '7', price: YEAR });
    await system.bot.received(2);
    const first = periodEnd();
    const ends = new Date(first.getTime() + 400 * DAY_MS);
    system.stripe.cancelAt('7', Math.floor(ends.getTime() / 1_000));
    await system.bot.received(3);
    await quiet();
    await passMoment(until(first) - 7 * DAY_MS);
    await system.bot.received(4);
    expect(notified().slice(1)).toEqual([
      ['cancellation_scheduled', dayOf(ends)],
      ['renewal_soon', dayOf(first)],
    ]);
  });

  it('causes no loop of syncs when the clock of the database is ahead', async () => {
    await subscribe();
    system.stripe.failPayment('7');
    await system.bot.received(3);
    await quiet();
    const end = (await customer())?.nextCheckAt?.getTime() ?? 0;
    await advanceClock(orm(), end - system.stripe.nowMs() + MINUTE_MS);
    await eventually(customer, (row) => row?.nextCheckAt === null || row?.nextCheckAt?.getTime() !== end);
    await eventually(customer, (row) => row?.wanted === row?.done);
    const [row] = await orm().select({ later: sql`next_check_at > now()` }).from(customers);
    expect(row?.later).toBe(true);
  });

  it('reminds of the end of a trial three days before, once although another sync follows', async () => {
    system.stripe.subscribe({ discordId: '7', price: MAX, trialDays: 14 });
    await system.bot.received(2);
    await quiet();
    const ends = periodEnd();
    await passMoment(until(ends) - 3 * DAY_MS);
    await system.bot.received(3);
    await orm().update(customers).set({ nextCheckAt: sql`now()` });
    const { done = 0 } = (await customer()) ?? {};
    await eventually(customer, (row) => row !== undefined && row.done > done && row.wanted === row.done);
    expect(notified()).toEqual([
      ['subscription_created', null],
      ['trial_ending', dayOf(ends)],
    ]);
  });

  it.each([
    ['a monthly plan', MAX, undefined],
    ['a yearly plan with a scheduled end', YEAR, 'cancelAtPeriodEnd'],
  ] as const)('sends no reminder of %s', async (_name, price, change) => {
    system.stripe.subscribe({ discordId: '7', price });
    await system.bot.received(2);
    if (change !== undefined) {
      system.stripe[change]('7');
      await system.bot.received(3);
    }
    await quiet();
    const before = notified();
    await system.advance(until(periodEnd()) - DAY_MS);
    await orm().update(customers).set({ nextCheckAt: sql`now()` });
    const { done = 0 } = (await customer()) ?? {};
    await eventually(customer, (row) => row !== undefined && row.done > done && row.wanted === row.done);
    // Roles are resynced daily.
    expect(notified()).toEqual(before);
  });

  it('checks a parked customer again every hour', async () => {
    await orm().insert(customers).values({ customerId: 'cus_elsewhere', livemode: false, wanted: 1 });
    await eventually(customer, (row) => row?.parkedReason === 'other_account_or_mode');
    await passMoment(60 * MINUTE_MS);
    await passMoment(59 * MINUTE_MS);
    expect(await customer()).toMatchObject({ parkedReason: 'other_account_or_mode', wanted: 3, done: 3 });
  });
});
