import { query } from '@moddy/sandbox/postgres';

/** How much of everything there is: at 1× a thousand users and ten thousand rows of each history. */
export const sizeOf = (times: number) => ({ users: 1_000 * times, waiting: 1_000 * times, history: 10_000 * times });

export type Size = ReturnType<typeof sizeOf>;

/** Messages that wait for one user. */
const LANE = 5;

/** The period of every subscription, in seconds; the stub of the Stripe account lists the same. */
export const PERIOD = { start: 1_790_000_000, end: 1_892_592_000 } as const;
export const RETENTION_DAYS = 90;

const FIRST_DISCORD_ID = 300_000_000_000_000_000n;
export const discordIdOf = (user: number): string => String(FIRST_DISCORD_ID + BigInt(user));

/** Bulk work: constraints hold by construction, and nothing of it has to survive a crash. */
export const bulk = (url: string, statements: string) =>
  query(url, `set synchronous_commit = off; set session_replication_role = replica; ${statements}`);

/**
 * Users who each have a customer and a subscription, ninety days of settled deliveries and stored events, spread over
 * all users as life spreads them; nothing is pending and no sync is wanted.
 */
export async function fill(url: string, size: Size): Promise<void> {
  const { users, history } = size;
  const ago = (of: number) => `now() - interval '${RETENTION_DAYS} days' * (1 - i::float8 / ${of + 1})`;
  // A prime step visits the users in no order.
  const user = `1 + i::bigint * 7919 % ${users}`;
  await bulk(
    url,
    `insert into users (discord_id, email, locale, plan, subscription_id, interval, revision, confirmed_revision)
       select (${FIRST_DISCORD_ID} + i)::text, 'Member-' || i || '@example.com', 'fr', 'moddy_max', 'sub_' || i, 'month', 1, 1
       from generate_series(1, ${users}) i;
     insert into customers (customer_id, user_id, discord_id_hint, livemode, wanted, done, next_check_at)
       select 'cus_' || i, i, (${FIRST_DISCORD_ID} + i)::text, false, 1, 1, now() + interval '1 day' * (1 + i % 30)
       from generate_series(1, ${users}) i;
     insert into subscriptions (subscription_id, customer_id, status, price_id, plan, interval, current_period_start,
         current_period_end, cancel_at_period_end, created_at)
       select 'sub_' || i, 'cus_' || i, 'active', 'price_moddy_max_month', 'moddy_max', 'month',
         to_timestamp(${PERIOD.start}), to_timestamp(${PERIOD.end}), false, to_timestamp(${PERIOD.start})
       from generate_series(1, ${users}) i;
     insert into sessions (token_hash, user_id, name, expires_at)
       select 'token_' || i, i, 'Member ' || i, now() + interval '30 days' from generate_series(1, ${users}) i;
     insert into deliveries (user_id, kind, state, message, attempts, outcome, detail, created_at, settled_at)
       select ${user}, case when i % 5 = 0 then 'roles' else 'notify' end::delivery_kind, 'done',
         case when i % 5 = 0 then null else ${MESSAGE} end, 1, 'sent', 'User notified successfully', ${ago(history)}, ${ago(history)}
       from generate_series(1, ${history}) i;
     insert into discord_events (type, discord_id, metadata, idempotency_key, request_hash, received_at)
       select 'message_sent', (${FIRST_DISCORD_ID} + ${user})::text, '{"guild_id": "2", "length": 12}',
         'session:' || i, repeat('x', 64), ${ago(history)}
       from generate_series(1, ${history}) i;
     insert into stripe_events (event_id, type, customer_id, created_at, received_at)
       select 'evt_' || i, 'invoice.paid', 'cus_' || (${user}), ${ago(history)}, ${ago(history)}
       from generate_series(1, ${history}) i;
     insert into reversals (event_id, kind, state, livemode, charge_id, amount, currency, customer_id, subscription_id,
         outcome, created_at, settled_at)
       select 'evt_r' || i, 'refund', 'done', false, 'ch_' || i, 999, 'eur', 'cus_' || i, 'sub_' || i, 'acknowledged',
         ${ago(users / 10)}, ${ago(users / 10)}
       from generate_series(1, ${users / 10}) i`,
  );
  await refresh(url);
}

export const MESSAGE = `'{"action": "subscription_updated", "plan": "moddy_max", "customerId": null, "interval": "month", "change": null, "effectiveAt": null}'::jsonb`;

/** Five messages for each of the first users are pending, all due: the bot was unavailable. */
export async function fillWaiting(url: string, size: Size): Promise<void> {
  await bulk(
    url,
    `delete from deliveries where state = 'pending';
     insert into deliveries (user_id, kind, message, due_at)
       select 1 + i % ${size.waiting / LANE}, 'notify', ${MESSAGE}, now() - interval '1 hour'
       from generate_series(0, ${size.waiting - 1}) i`,
  );
  await refresh(url, 'deliveries');
}

/** Autovacuum does the same within a minute or so. */
export const refresh = (url: string, table = '') => query(url, `vacuum analyze ${table}`);
