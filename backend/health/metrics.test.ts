import { expect, it } from 'vitest';
import { customers, deliveries, PRIORITY, users } from '../database/schema.ts';
import { SECRET, startTestBackend } from '../testing/start-test-backend.ts';

const scrape = async (url: string) =>
  (await (await fetch(`${url}/metrics`, { headers: { authorization: `Bearer ${SECRET}` } })).text()).split('\n');

it('shows pending work and its obstacles at /metrics, only with the secret', async () => {
  const { backend, internalUrl } = await startTestBackend({ DELIVERIES_PAUSED: 'all' });
  const db = backend.database.orm;
  expect((await fetch(`${internalUrl}/metrics`)).status).toBe(401);
  expect(await scrape(internalUrl)).toEqual(
    expect.arrayContaining([
      'moddy_deliveries{state="pending",kind="notify"} 0',
      'moddy_deliveries_oldest_pending_seconds 0',
    ]),
  );
  const [user] = await db.insert(users).values({ discordId: '5', revision: 3, confirmedRevision: 2 }).returning();
  const userId = user?.userId ?? 0;
  const createdAt = new Date(Date.now() - 3_600_000);
  await db.insert(deliveries).values([
    { userId, kind: 'notify', createdAt },
    { userId, kind: 'notify', state: 'parked' },
    { userId, kind: 'notify', state: 'done' },
    // A resync of all roles may take its time: no alert fires.
    { userId, kind: 'roles', priority: PRIORITY.bulk, createdAt: new Date(createdAt.getTime() - 3_600_000) },
  ]);
  const leaseUntil = new Date(Date.now() + 60_000);
  await db.insert(customers).values([
    { customerId: 'cus_1', livemode: false, parkedReason: 'no_discord_id' },
    { customerId: 'cus_2', livemode: false, wanted: 1, wantedAt: createdAt, failures: 5, leaseUntil },
    { customerId: 'cus_3', livemode: false, wanted: 1, wantedAt: new Date(0), adopting: true, leaseUntil },
    { customerId: 'cus_4', livemode: false, wanted: 1, done: 1, wantedAt: new Date(0), failures: 9 },
  ]);
  const rows = await scrape(internalUrl);
  expect(rows).toEqual(
    expect.arrayContaining([
      'moddy_deliveries{state="pending",kind="notify"} 1',
      'moddy_deliveries{state="pending",kind="roles"} 1',
      'moddy_deliveries{state="parked",kind="notify"} 1',
      expect.stringMatching(/^moddy_deliveries_oldest_pending_seconds 36\d\d/),
      'moddy_roles_unconfirmed 1',
      'moddy_customers_parked 1',
      expect.stringMatching(/^moddy_syncs_oldest_waiting_seconds 36\d\d/),
      'moddy_syncs_failing 1',
      'moddy_deliveries_paused{kind="notify"} 1',
      'moddy_deliveries_paused{kind="roles"} 1',
      'moddy_breaker_open{cause="unreachable"} 0',
      'moddy_breaker_open{cause="misconfigured"} 0',
      expect.stringMatching(/^moddy_database_pool\{state="total"\} [1-9]/),
      expect.stringMatching(/^moddy_database_pool\{state="idle"\} \d/),
      expect.stringMatching(/^moddy_database_pool\{state="waiting"\} \d/),
      expect.stringMatching(/^moddy_database_pool_stuck_seconds 0/),
      'moddy_database_deadlocks_retried 0',
    ]),
  );
});

it('shows that the bot is unavailable, even without a database', async () => {
  const { backend, bot, internalUrl } = await startTestBackend();
  await bot.close();
  await backend.deliverer.breaker.suspect();
  await backend.database.close();
  const rows = await scrape(internalUrl);
  expect(rows).toContain('moddy_breaker_open{cause="unreachable"} 1');
  expect(rows.filter((row) => row.startsWith('moddy_roles_unconfirmed'))).toEqual([]);
});
