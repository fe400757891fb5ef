import { describe, expect, it } from 'vitest';
import { eq } from '../database/drizzle.ts';
import { deliveries, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { formatParked } from '../operator/format-parked.ts';
import { listParked } from '../operator/list-parked.ts';
import { requestSync } from '../queue/request-sync.ts';
import { eraseUsers } from '../site/erasure/erase-users.ts';
import { eventually } from '../testing/eventually.ts';
import { operatorDeps } from '../testing/operator-deps.ts';
import { startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';
import { findByDiscordId } from './find-by-discord-id.ts';
import { linkCustomer } from './link-customer.ts';

const MAX = 'price_moddy_max_month';

const ormOf = ({ backend }: TestBackend) => backend.database.orm;
const userOf = async (system: TestBackend, discordId: string) =>
  (await findByDiscordId(ormOf(system), discordId))?.user;

describe('the customer of an erased user', () => {
  const forgotten = async () => {
    const system = await startTestBackend();
    const { customer } = system.stripe.subscribe({ discordId: '39', price: MAX });
    await system.bot.received(2);
    system.stripe.cancelNow('39');
    await system.bot.received(4);
    await eventually(
      () => userOf(system, '39'),
      (user) => user?.confirmedRevision === 2,
    );
    await ormOf(system).update(users).set({ erasureRequestedAt: new Date() });
    const deps = { ...operatorDeps(system), now: new Date(Date.now() + 60_000) };
    await eventually(
      () => eraseUsers(deps),
      ({ forgotten: count }) => count === 1,
    );
    return { system, customer };
  };
  const erasedAreLeftAlone = async (system: TestBackend) => {
    const [erased] = await ormOf(system).select().from(users).where(eq(users.discordId, 'erased:1'));
    expect(erased).toMatchObject({ plan: 'free' });
    expect(await ormOf(system).$count(deliveries, eq(deliveries.userId, erased?.userId ?? 0))).toBe(0);
  };

  it('goes to the user whom its new subscription names', async () => {
    const { system, customer } = await forgotten();
    system.stripe.subscribe({ discordId: '39', price: MAX, customer });
    const calls = (await system.bot.received(6)).slice(4);
    expect(calls.map(({ body }) => [body.discord_id, body.plan])).toEqual([
      ['39', 'moddy_max'],
      ['39', 'moddy_max'],
    ]);
    await erasedAreLeftAlone(system);
  });

  it('waits for an operator when its new subscription names no user', async () => {
    const { system, customer } = await forgotten();
    const ledger = system.stripe.books.named('test').ledger;
    system.stripe.setWebhooks([]);
    const { subscription } = system.stripe.subscribe({ discordId: '39', price: MAX, customer });
    const found = ledger.subscriptions.get(subscription);
    if (found) found.metadata = {};
    await transaction(ormOf(system), (tx) => requestSync(tx, { customerId: customer, livemode: false }));
    const parked = await eventually(
      () => listParked(ormOf(system)),
      ({ customers: rows }) => rows.length > 0,
    );
    expect(formatParked(parked).join()).toContain(`sync --user ${customer} --discord-id`);
    await linkCustomer(ormOf(system), { customerId: customer, discordId: '40', livemode: false });
    const calls = (await system.bot.received(6)).slice(4);
    expect(calls.map(({ body }) => body.discord_id)).toEqual(['40', '40']);
    await erasedAreLeftAlone(system);
  });
});
