import { BackendClientError, createBackendClient } from '@moddy/generated/backend-internal/client';
import { query } from '@moddy/sandbox/postgres';
import { expect, inject, it } from 'vitest';
import { eventually } from '../testing/eventually.ts';
import { SECRET, startTestBackend } from '../testing/start-test-backend.ts';
import { discordEvents } from './schema.ts';

/** As after a failover to a standby, or of a primary that was demoted: sessions end, and new ones can only read. */
it('a read-only database is unavailable, and no event is lost', async () => {
  const system = await startTestBackend();
  const { orm } = system.backend.database;
  const backend = createBackendClient({ baseUrl: system.internalUrl, secret: SECRET });
  const notify = () =>
    backend.notifyEvent(
      { event_type: 'member_joined', discord_id: '7' },
      { parameters: { header: { 'Idempotency-Key': 'join-of-7' } } },
    );
  const name = new URL(system.databaseUrl).pathname.slice(1);
  await query(system.databaseUrl, `alter database ${name} set default_transaction_read_only = on`);
  await query(
    system.databaseUrl,
    `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`,
  );

  const rejected = async () => {
    const error: unknown = await notify().catch((reason: unknown) => reason);
    if (!(error instanceof BackendClientError)) throw new Error('It was stored');
    expect(error).toMatchObject({ outcome: 'not-now', status: 503 });
    return error.message;
  };
  // A connection that was just ended is unreachable first.
  await eventually(rejected, (message) => message.includes('The database is read-only'));
  system.stripe.subscribe({ discordId: '7', price: 'price_moddy_max_month' });
  // Events that change nothing of ours are answered without the database.
  const isOurs = ({ event }: { event: { type: string } }) => event.type.startsWith('customer.subscription');
  const attempts = await eventually(
    async () => system.stripe.deliveries.records.filter(isOurs).flatMap((record) => record.attempts),
    ({ length }) => length > 0,
  );
  expect(new Set(attempts.map(({ status }) => status))).toEqual(new Set([503]));
  const { checks = [] } = await backend.healthCheck();
  expect(checks).toContainEqual({
    name: 'database',
    status: 'unhealthy',
    detail: 'read-only: a standby, or a failover',
  });

  // The sessions that can only read stay open: the pool gives them up by itself.
  await query(inject('postgresUrl'), `alter database ${name} reset default_transaction_read_only`);
  await eventually(
    () =>
      notify().catch((error: unknown) => {
        if (error instanceof BackendClientError && error.outcome === 'not-now') return undefined;
        throw error;
      }),
    (answer) => answer?.success === true,
  );
  expect(await orm.select().from(discordEvents)).toMatchObject([{ discordId: '7' }]);
  await system.bot.received(2);
});
