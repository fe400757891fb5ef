import type { receiveEvent } from '@moddy/backend/billing/receive-event';
import { openDatabase } from '@moddy/backend/database/open';
import { createDeliverer } from '@moddy/backend/outbox/deliverer';
import { createPlans } from '@moddy/backend/plans';
import { createStripe } from '@moddy/backend/stripe-client';
import { startStubBot } from '@moddy/backend/testing/stub-bot';
import { createBotClient } from '@moddy/generated/bot-internal/client';
import { createLogger } from '@moddy/runtime/log';
import { Metrics } from '@moddy/runtime/metrics';
import { createSkew } from '@moddy/runtime/skew';
import type { Postgres } from '@moddy/sandbox/postgres';
import type { SandboxStripe } from '@moddy/sandbox/stripe/sandbox-stripe';
import { seedSubscribers } from '@moddy/sandbox/stripe/scenarios/seed';
import { startStripe } from '@moddy/sandbox/stripe/start';
import { fill, type Size } from './fill.ts';
import { createMeter } from './meter.ts';

const SECRET = 'bench-secret';
/** Customers that Stripe knows and the database does not yet. */
const NEWCOMERS = 60;

export type World = Awaited<ReturnType<typeof createWorld>>;

const PLAN_PRICES = { moddy_pro: ['price_moddy_pro_month'], moddy_max: ['price_moddy_max_month'] };

/** A database of some size, and the parts of a backend that works on it; nothing runs by itself. */
export async function createWorld(postgres: Postgres, size: Size) {
  const url = await postgres.createDatabase();
  const database = openDatabase({ url });
  await database.migrate();
  await fill(url, size);
  const [bot, sandbox] = await Promise.all([startStubBot(SECRET), startStripe()]);
  const log = createLogger('silent', 'bench');
  const now = () => new Date();
  const skew = createSkew([], { log, metrics: new Metrics() });
  const client = createBotClient({ baseUrl: bot.url, secret: SECRET });
  const rules = { plans: createPlans(new Map(Object.entries(PLAN_PRICES))), pastDueGraceMs: 7 * 24 * 60 * 60 * 1_000 };
  return {
    url,
    size,
    database,
    db: database.orm,
    meter: await createMeter(postgres.url, url),
    bot: client,
    stripe: createStripe(sandbox.apiKey, sandbox.url),
    newcomers: seedSubscribers(sandbox.books.named('test').ledger, { count: NEWCOMERS }),
    nextStripeEvent: stripeEventsOf(sandbox),
    rules,
    livemode: false,
    log,
    now,
    skew,
    deliverer: createDeliverer({ database, bot: client, log, skew, paused: 'none', now }),
    close: () => Promise.all([database.close(), bot.close(), sandbox.close()]),
  };
}

/** One subscriber's first payment, again and again under another id. */
function stripeEventsOf(sandbox: SandboxStripe): () => Parameters<typeof receiveEvent>[1] {
  sandbox.subscribe({ discordId: '1', price: 'price_moddy_max_month' });
  const paid = sandbox.books
    .named('test')
    .ledger.events.values()
    .find(({ type }) => type === 'invoice.paid');
  if (paid === undefined) throw new Error('Nobody paid');
  let count = 0;
  return () => {
    count += 1;
    return { ...JSON.parse(paid.payload), id: `evt_bench_${count}` };
  };
}
