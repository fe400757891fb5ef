import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { Orm } from '../database/database.ts';
import { asc, eq } from '../database/drizzle.ts';
import { lockUser } from '../database/lock-user.ts';
import { openDatabase } from '../database/open.ts';
import { deliveries, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { claimCustomers, type SyncClaim } from '../queue/claim-sync.ts';
import { LEASE_SECONDS } from '../queue/lease.ts';
import { requestSync } from '../queue/request-sync.ts';
import { advanceClock } from '../testing/clock.ts';
import { lockAwaited } from '../testing/held-user.ts';
import { operatorDeps } from '../testing/operator-deps.ts';
import { startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';
import { linkCustomer } from './link-customer.ts';
import { syncCustomer } from './sync-customer.ts';

const PRO = 'price_moddy_pro_month';
const MAX = 'price_moddy_max_month';

/** Nobody works but the two hands of a test: no service runs, and no event of Stripe arrives. */
describe('a sync that overlaps with other work', () => {
  let stripe: TestBackend['stripe'];
  let db: Orm;
  let deps: Parameters<typeof syncCustomer>[0];
  beforeEach(async () => {
    const system = await startTestBackend({}, onTestFinished, 'movable');
    await system.backend.stop();
    stripe = system.stripe;
    stripe.setWebhooks([]);
    const database = openDatabase({ url: system.databaseUrl });
    onTestFinished(() => database.close());
    db = database.orm;
    deps = { ...operatorDeps(system), db };
  });

  const event = (customerId: string) => transaction(db, (tx) => requestSync(tx, { customerId, livemode: false }));
  const claimOnly = async (): Promise<SyncClaim> => {
    const claims = await claimCustomers(db, 5);
    expect(claims).toHaveLength(1);
    const [claim] = claims;
    if (claim === undefined) throw new Error('Nothing was claimed');
    return claim;
  };
  /** Claims the customer and asks Stripe, whose answer then waits. */
  const beginSlowly = async (): Promise<{ readonly end: () => Promise<void> }> => {
    const claim = await claimOnly();
    const asked = stripe.requests.length;
    stripe.fail({ effect: 'late', path: '/v1/subscriptions', times: 1 });
    const syncing = syncCustomer(deps, claim);
    await stripe.changes.until(() => stripe.requests.length > asked);
    return {
      end: async () => {
        stripe.faults.clear();
        await syncing;
      },
    };
  };
  const state = async () => ({
    plans: (await db.select().from(users).orderBy(asc(users.userId))).map(({ discordId, plan, revision }) => [
      discordId,
      plan,
      revision,
    ]),
    messages: (
      await db.select().from(deliveries).where(eq(deliveries.kind, 'notify')).orderBy(deliveries.deliveryId)
    ).map(({ message }) => [message?.action, message?.plan]),
  });

  it('changes nothing after another worker took over and finished', async () => {
    const { customer } = stripe.subscribe({ discordId: '7', price: PRO });
    await event(customer);
    const overtaken = await beginSlowly();
    stripe.changePrice('7', MAX);
    await advanceClock(db, LEASE_SECONDS * 1_000);
    await syncCustomer(deps, await claimOnly());
    const before = await state();
    expect(before).toEqual({ plans: [['7', 'moddy_max', 1]], messages: [['subscription_created', 'moddy_max']] });
    await overtaken.end();
    expect(await state()).toEqual(before);
    expect(await claimCustomers(db, 5)).toEqual([]);
  });

  it('changes nothing while another worker that took over is running', async () => {
    const { customer } = stripe.subscribe({ discordId: '7', price: PRO });
    await event(customer);
    const overtaken = await beginSlowly();
    await advanceClock(db, LEASE_SECONDS * 1_000);
    const claim = await claimOnly();
    await overtaken.end();
    expect(await state()).toEqual({ plans: [], messages: [] });
    await syncCustomer(deps, claim);
    expect(await state()).toMatchObject({ plans: [['7', 'moddy_pro', 1]] });
  });

  it('is repeated at once when an event arrives, and both changes are notified', async () => {
    const { customer } = stripe.subscribe({ discordId: '7', price: PRO });
    await event(customer);
    const first = await beginSlowly();
    stripe.changePrice('7', MAX);
    await event(customer);
    await first.end();
    expect(await state()).toMatchObject({ plans: [['7', 'moddy_pro', 1]] });
    await syncCustomer(deps, await claimOnly());
    expect(await state()).toEqual({
      plans: [['7', 'moddy_max', 2]],
      messages: [
        ['subscription_created', 'moddy_pro'],
        ['plan_upgraded', 'moddy_max'],
      ],
    });
    expect(await claimCustomers(db, 5)).toEqual([]);
  });

  it('gives the plan to the new user when an operator links the customer meanwhile', async () => {
    const { customer } = stripe.subscribe({ discordId: '7', price: MAX });
    await event(customer);
    const first = await beginSlowly();
    await linkCustomer(db, { customerId: customer, discordId: '8', livemode: false });
    await first.end();
    expect(await state()).toMatchObject({ plans: [['8', 'moddy_max', 1]] });
    await syncCustomer(deps, await claimOnly());
    expect(await state()).toEqual({
      plans: [['8', 'moddy_max', 1]],
      messages: [['subscription_created', 'moddy_max']],
    });
  });

  it('considers another customer of the same user that is synced at the same time', async () => {
    await transaction(db, (tx) => lockUser(tx, { discordId: '7' }));
    await event(stripe.subscribe({ discordId: '7', price: MAX }).customer);
    const other = await deps.stripe.customers.create({});
    await event(stripe.subscribe({ discordId: '7', price: PRO, customer: other.id }).customer);
    const claims = await claimCustomers(db, 5);
    expect(claims).toHaveLength(2);
    const syncing: Promise<void>[] = [];
    await transaction(db, async (tx) => {
      await lockUser(tx, { discordId: '7' });
      syncing.push(...claims.map((claim) => syncCustomer(deps, claim)));
      await lockAwaited(db, 2);
    });
    await Promise.all(syncing);
    const { plans, messages } = await state();
    expect(plans.map(([who, plan]) => [who, plan])).toEqual([['7', 'moddy_max']]);
    expect(messages.at(-1)?.[1]).toBe('moddy_max');
  });
});
