import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { migratePostgres } from '@moddy/backend/database/migrate';
import { startStubBot } from '@moddy/backend/testing/stub-bot';
import { type Postgres, query } from '@moddy/sandbox/postgres';
import { startStripe } from '@moddy/sandbox/stripe/start';
import { fill, MESSAGE, sizeOf } from './fill.ts';
import { type Replica, startReplica } from './replica.ts';
import { PLAN_PRICES } from './world.ts';

/** What some replicas of the backend do together on one Postgres. */
export interface Together {
  readonly replicas: number;
  readonly deliveriesPerSecond: number;
  readonly syncsPerSecond: number;
  /** Connections to Postgres once all have worked. */
  readonly connections: number;
  /** Processor time of one delivery: unlike the rate, the same on a busy machine. The stub bot is among `others`. */
  readonly processorMs: { readonly backends: number; readonly postgres: number; readonly others: number };
}

const REPLICAS = [1, 2, 4];
const TIMES = 10;
const DELIVERIES = 1_000;
const CUSTOMERS = 100;
/** Each query is a connection of its own, which costs Postgres a process. */
const POLL_EVERY_MS = 100;
const SECRET = 'bench-secret';

export async function measureReplicas(
  postgres: Postgres,
  progress: (text: string) => void,
): Promise<{ readonly maxConnections: number; readonly rows: readonly Together[] }> {
  const url = await postgres.createDatabase();
  await migratePostgres(url);
  await fill(url, sizeOf(TIMES));
  const [bot, stripe] = await Promise.all([startStubBot(SECRET), startStripe()]);
  const variables = {
    INTERNAL_API_SECRET: SECRET,
    BOT_INTERNAL_URL: bot.url,
    DATABASE_URL: url,
    STRIPE_API_KEY: stripe.apiKey,
    STRIPE_API_URL: stripe.url,
    STRIPE_WEBHOOK_SECRET: 'whsec_bench',
    PLAN_PRICES: JSON.stringify(PLAN_PRICES),
  };
  const customers = stripe.seedSubscribers({ count: CUSTOMERS }).map(({ customer }) => customer);
  await query(url, `insert into customers (customer_id, livemode) select unnest($1::text[]), false`, [customers]);
  const rows: Together[] = [];
  try {
    for (const count of REPLICAS) {
      const replicas = await Promise.all(Array.from({ length: count }, () => startReplica(variables)));
      try {
        // The first time it makes users and their messages; that is not what is compared.
        await syncAll(url, customers);
        await deliver(url, DELIVERIES / 10);
        rows.push({ replicas: count, ...(await measure(postgres, url, customers, replicas)) });
      } finally {
        await Promise.all(replicas.map((replica) => replica.stop()));
      }
      progress(`${count} replicas measured`);
    }
  } finally {
    await Promise.all([bot.close(), stripe.close()]);
  }
  const [setting] = await query(url, `select current_setting('max_connections')::int as value`);
  return { maxConnections: Number(setting?.value), rows };
}

async function measure(postgres: Postgres, url: string, customers: readonly string[], replicas: readonly Replica[]) {
  const times = () => ({
    backends: replicas.reduce((sum, { pid }) => sum + processorSeconds(pid), 0),
    postgres: processorSeconds(postgres.pid(), 'living'),
    others: process.cpuUsage().user / 1e6 + process.cpuUsage().system / 1e6,
  });
  const before = times();
  const deliverySeconds = await deliver(url, DELIVERIES);
  const after = times();
  const processorMs = (who: keyof typeof before) => ((after[who] - before[who]) * 1_000) / DELIVERIES;
  const syncSeconds = await syncAll(url, customers);
  const [connected] = await query(
    url,
    `select count(*)::int as value from pg_stat_activity where application_name like 'moddy-backend%' and datname = current_database()`,
  );
  return {
    deliveriesPerSecond: DELIVERIES / deliverySeconds,
    syncsPerSecond: customers.length / syncSeconds,
    connections: Number(connected?.value),
    processorMs: {
      backends: processorMs('backends'),
      postgres: processorMs('postgres'),
      others: processorMs('others'),
    },
  };
}

/** Enqueues one message each for that many users; answers the seconds until all are settled. */
async function deliver(url: string, count: number): Promise<number> {
  await query(
    url,
    `insert into deliveries (user_id, kind, message) select i, 'notify', ${MESSAGE} from generate_series(1, ${count}) i;
     notify deliveries`,
  );
  return until(url, `select 1 from deliveries where state = 'pending' limit 1`);
}

async function syncAll(url: string, customers: readonly string[]): Promise<number> {
  await query(url, `update customers set wanted = wanted + 1 where customer_id = any($1)`, [customers]);
  await query(url, 'notify customers');
  const seconds = await until(url, `select 1 from customers where wanted > done limit 1`);
  await until(url, `select 1 from deliveries where state = 'pending' limit 1`);
  return seconds;
}

/** Seconds until a query answers nothing. */
async function until(url: string, left: string): Promise<number> {
  const startedAt = performance.now();
  while ((await query(url, left)).length > 0) await delay(POLL_EVERY_MS);
  return (performance.now() - startedAt) / 1_000;
}

/** Linux counts processor time in hundredths of a second, whatever the kernel's own clock is. */
const TICKS_PER_SECOND = 100;

/** Seconds of processor time of a process; of its ended children too, and with `living` of those that run. */
export function processorSeconds(pid: number, children: 'alone' | 'living' = 'alone'): number {
  try {
    // The name stands in parentheses and may hold spaces; utime, stime, cutime and cstime are fields 14 to 17.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) / TICKS_PER_SECOND;
    if (children === 'alone') return own;
    const living = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return living.reduce((sum, child) => sum + processorSeconds(Number(child)), own);
  } catch {
    return 0; // It has just ended, or there is no /proc.
  }
}
