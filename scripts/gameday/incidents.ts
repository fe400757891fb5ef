/* Faults in production, the signals that have to show them, and the cures of docs/operations.md. */

import { deliveries, reversals, users } from '@moddy/backend/database/schema';
import { PLAN_ROLE_ID } from '@moddy/sandbox/discord/world/seed';
import { alterDatabase, createDatabase, query } from '@moddy/sandbox/postgres';
import { eq } from 'drizzle-orm';
import { until } from '../faults/drain.ts';
import { LOCAL_WEBHOOK_SECRET } from '../system/environment.ts';
import type { Day, Output } from './day.ts';

export interface Incident {
  readonly name: string;
  /** Makes it happen. */
  readonly begin: (day: Day) => unknown;
  /** The detail that health has to show; undefined where nothing is wrong with a service. */
  readonly health?: RegExp;
  /** The alert whose expression has to hold. */
  readonly alert?: string;
  /** The fault that a doctor has to find. */
  readonly doctor?: RegExp;
  /** The output that a command has to print, for a fault that only a user can report. */
  readonly command?: { readonly run: (day: Day) => Promise<Output>; readonly prints: RegExp; readonly fails?: true };
  /** The cure in a few words, and done. */
  readonly cure: string;
  readonly repair: (day: Day) => unknown;
}

let payer = '';
const pay = (day: Day, price?: string) => {
  payer = day.pay(price).discordId;
};
const served = (day: Day) => day.served(payer);
const done = ({ code, text }: Output) => {
  if (code !== 0) throw new Error(`A command exits ${code}: ${text}`);
};

const ONE_PLAN = '{"moddy_pro": ["price_moddy_pro_month"]}';
const NEW_SECRET = 'whsec_rotated';
const NEW_TOKEN = 'token-after-the-reset';

export const INCIDENTS: readonly Incident[] = [
  {
    name: "Stripe's webhook secret was rotated",
    begin: (day) => {
      day.signWith(NEW_SECRET);
      pay(day);
    },
    health: /backend webhook: \d+ refused \(wrong signature\)/,
    alert: 'WebhooksRefused',
    doctor: /own health +webhook: /,
    cure: 'the new secret in STRIPE_WEBHOOK_SECRET, restart',
    repair: async (day) => {
      await day.restart('backend', { STRIPE_WEBHOOK_SECRET: NEW_SECRET });
      await served(day);
      day.signWith(LOCAL_WEBHOOK_SECRET);
      await day.restart('backend');
    },
  },
  {
    name: "A plan's role was dragged above the bot's",
    begin: (day) => {
      day.discord.editRole(PLAN_ROLE_ID, { position: 50 });
      pay(day, 'price_moddy_max_month');
    },
    health: /backend roles: 1 member does not have their role: missing_permissions/,
    alert: 'RolesMisconfigured',
    doctor: /role of moddy_max .*not below/,
    cure: "the bot's role above the plan's again",
    repair: async (day) => {
      day.discord.editRole(PLAN_ROLE_ID, { position: 1 });
      await served(day);
    },
  },
  {
    name: 'The database is read-only',
    begin: async (day) => {
      await alterDatabase(day.databaseUrl, 'set default_transaction_read_only = on');
      pay(day);
    },
    health: /backend database: read-only/,
    alert: 'DatabaseNotWritable',
    doctor: /database +read-only/,
    cure: 'DATABASE_URL of the primary; here it becomes writable',
    repair: async (day) => {
      await alterDatabase(day.databaseUrl, 'reset default_transaction_read_only');
      await served(day);
    },
  },
  {
    name: 'A dispute, with REFUND_POLICY=none',
    begin: async (day) => {
      pay(day);
      await served(day);
      day.stripe.dispute(payer);
    },
    alert: 'DisputeWaiting',
    doctor: /refunds and disputes +1 wait for you/,
    cure: 'answer it at Stripe, `make parked ACKNOWLEDGE=…`',
    repair: async (day) => {
      const [found] = await day.db.select().from(reversals).where(eq(reversals.state, 'parked'));
      done(await day.command('parked', '--acknowledge', String(found?.reversalId)));
    },
  },
  {
    name: 'The bot rejects a message as wrong',
    begin: async (day) => {
      pay(day);
      await served(day);
      const [user] = await day.db.select().from(users).where(eq(users.discordId, payer));
      // As of a newer backend: an action that this bot does not know.
      await query(
        day.databaseUrl,
        `insert into deliveries (user_id, kind, message, idempotency_key) values ($1, 'notify', $2, 'of-another-version')`,
        [user?.userId, JSON.stringify({ action: 'plan_gifted', plan: 'moddy_pro' })],
      );
    },
    health: /backend parked: deliveries parked: 1/,
    alert: 'DeliveriesParked',
    doctor: /own health +parked: deliveries parked: 1/,
    command: { run: (day) => day.command('parked'), prints: /the bot rejected it as wrong \(.*\/body\/action/ },
    cure: '`make parked` says what is wrong; both services of one version and `make redrive`, or `ACKNOWLEDGE=delivery-…`',
    repair: async (day) => {
      const [parked] = await day.db.select().from(deliveries).where(eq(deliveries.state, 'parked'));
      done(await day.command('parked', '--acknowledge', `delivery-${parked?.deliveryId}`));
    },
  },
  {
    name: 'The bot has another secret',
    begin: async (day) => {
      await day.restart('bot', { INTERNAL_API_SECRET: 'another-secret-of-the-bot' });
      pay(day);
    },
    health: /backend bot: misconfigured: .*403/,
    alert: 'BotMisconfigured',
    doctor: /same secret +the peer rejects ours/,
    cure: 'the same INTERNAL_API_SECRET in both services, restart',
    repair: async (day) => {
      await day.restart('bot');
      await served(day);
    },
  },
  {
    name: "The bot's token was reset",
    begin: async (day) => {
      day.discord.resetToken(NEW_TOKEN);
      pay(day);
    },
    health: /bot token: refused since/,
    alert: 'TokenRefused',
    doctor: /bot token +Discord rejects it/,
    cure: 'the new token in DISCORD_TOKEN, restart the bot',
    repair: async (day) => {
      await day.restart('bot', { DISCORD_TOKEN: NEW_TOKEN });
      await served(day);
      day.resetToken();
      await day.restart('bot');
    },
  },
  {
    name: 'A payer is not in the server',
    begin: async (day) => {
      pay(day);
      await served(day);
      const outside = day.discord.addUser();
      payer = outside.id;
      day.stripe.subscribe({ discordId: payer, price: 'price_moddy_pro_month' });
      await until(
        () => day.command('trace', '--user', payer),
        ({ text }) => text.includes('no_mutual_guild'),
      );
    },
    command: {
      run: (day) => day.command('trace', '--user', payer),
      prints: /waiting: .*not in the server/,
    },
    cure: '`make trace` says so; the user joins, and message and role follow',
    repair: async (day) => {
      day.discord.join(payer);
      await served(day);
    },
  },
  {
    name: "The database is restored from yesterday's copy",
    begin: async (day) => {
      const server = Object.assign(new URL(day.databaseUrl), { pathname: '/postgres' }).href;
      await day.stop('backend');
      await alterDatabase(day.databaseUrl, 'reset all');
      await createDatabase(server, 'yesterday', 'moddy');
      await day.restart('backend');
      pay(day);
      await served(day);
      await day.stop('backend');
      await query(server, 'drop database moddy with (force)');
      await query(server, 'alter database yesterday rename to moddy');
      await day.reconnect();
      await day.restart('backend', { DELIVERIES_PAUSED: 'all' });
    },
    health: /backend deliveries: paused by DELIVERIES_PAUSED=all/,
    alert: 'DeliveriesPaused',
    doctor: /own health +deliveries: paused/,
    cure: 'DELIVERIES_PAUSED=all, `make import`, `make drop BEFORE=…`, then start without it',
    repair: async (day) => {
      done(await day.command('import'));
      done(await day.command('drop', '--before', new Date().toISOString()));
      await day.restart('backend');
      await day.restart('bot');
      await served(day);
    },
  },
  {
    name: 'The bot is down',
    begin: async (day) => {
      await day.stop('bot');
      pay(day);
    },
    health: /backend bot: unreachable/,
    alert: 'BotUnreachable',
    doctor: /peer +http\S+: nobody listens there/,
    cure: 'start it; what waits is sent',
    repair: async (day) => {
      await day.restart('bot');
      await served(day);
    },
  },
  {
    name: 'A comparison with Stripe fails',
    begin: async (day) => {
      day.stripe.fail({ path: '/v1/subscriptions', effect: 'status', status: 500 });
      pay(day);
    },
    command: { run: (day) => day.command('reconcile'), prints: /^Stripe: /m, fails: true },
    cure: 'when Stripe is back: `make reconcile DRY=1`, `make reconcile`',
    repair: async (day) => {
      day.stripe.faults.clear();
      done(await day.command('reconcile', '--dry'));
      done(await day.command('reconcile'));
      await served(day);
    },
  },
  {
    name: 'A price is sold that PLAN_PRICES lacks',
    begin: async (day) => {
      await day.restart('backend', { PLAN_PRICES: ONE_PLAN });
      pay(day, 'price_moddy_max_year');
    },
    health: /backend customers: 1 parked: unknown_price/,
    alert: 'CustomersParked',
    doctor: /own health +customers: 1 parked/,
    cure: 'the price into PLAN_PRICES, restart',
    repair: async (day) => {
      await day.restart('backend');
      await served(day);
    },
  },
];
