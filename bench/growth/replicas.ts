import { readFileSync } from 'node:fs';
import { setTimeout as delay } from 'node:timers/promises';
import { migratePostgres } from '@moddy/backend/database/migrate';
import { startStubBot } from '@moddy/backend/testing/stub-bot';
import { type Postgres, query } from '@moddy/sandbox/postgres';
import { startStripe } from '@moddy/sandbox/stripe/start';
import { backendVariables, freeAddresses, LOCAL_SECRET } from '@moddy/scripts/system/environment';
import { startService } from '@moddy/scripts/system/service-process';
import { columns, figure } from '../report.ts';
import { fill, MESSAGE, sizeOf } from './fill.ts';

const REPLICAS = [1, 2, 4];
const TIMES = 10;
const DELIVERIES = 1_000;
const CUSTOMERS = 100;
/** Each query is a connection of its own, which costs Postgres a process. */
const POLL_EVERY_MS = 100;
const HEADER = ['replicas', 'deliveries/s', 'syncs/s', 'connections', 'ms of backends', 'of Postgres', 'of others'];
const CONNECTED = `
  select count(*) || ' of ' || current_setting('max_connections') as text
  from pg_stat_activity where application_name like 'moddy-backend%' and datname = current_database()`;

/**
 * Measures several replicas of the backend on one Postgres, as a table. The processor time of one delivery, unlike
 * the rates, is the same on a busy machine; the stub bot is among the others.
 */
export async function measureReplicas(postgres: Postgres): Promise<string> {
  const url = await postgres.createDatabase();
  await migratePostgres(url);
  await fill(url, sizeOf(TIMES));
  // The bot is new to the database: else the roles of everybody would be resynced meanwhile.
  const tomorrow = `now() + interval '1 day'`;
  await query(url, `insert into jobs (name, due_at, started_at) values ('affirm', ${tomorrow}, ${tomorrow})`);
  const [bot, stripe] = await Promise.all([startStubBot(LOCAL_SECRET), startStripe()]);
  const variables = {
    ...backendVariables(await freeAddresses(), stripe, { DATABASE_URL: url }),
    BOT_INTERNAL_URL: bot.url,
    PORT: '0',
    INTERNAL_PORT: '0',
  };
  const customers = stripe.seedSubscribers({ count: CUSTOMERS }).map(({ customer }) => customer);
  await query(url, `insert into customers (customer_id, livemode) select unnest($1::text[]), false`, [customers]);
  const rows = [HEADER];
  try {
    for (const count of REPLICAS) {
      const replicas = Array.from({ length: count }, () => startService('backend', 'backend/main.ts', variables));
      try {
        await Promise.all(replicas.map((replica) => replica.line('ready')));
        // The first time it makes users and their messages; that is not what is compared.
        await syncAll(url, customers);
        await deliver(url, DELIVERIES / 10);
        const processorMs = () => {
          const { user, system } = process.cpuUsage();
          const backends = replicas.reduce((sum, { pid }) => sum + processorMsOf(pid), 0);
          return [backends, processorMsOf(postgres.pid(), 'living'), (user + system) / 1_000];
        };
        const before = processorMs();
        const deliverySeconds = await deliver(url, DELIVERIES);
        const perDelivery = processorMs().map((after, at) => (after - (before[at] ?? 0)) / DELIVERIES);
        const rates = [DELIVERIES / deliverySeconds, customers.length / (await syncAll(url, customers))];
        const [connected] = await query(url, CONNECTED);
        rows.push([`${count}`, ...rates.map(figure), String(connected?.text), ...perDelivery.map(figure)]);
      } finally {
        await Promise.all(replicas.map((replica) => replica.kill('SIGTERM')));
      }
    }
  } finally {
    await Promise.all([bot.close(), stripe.close()]);
  }
  return columns(rows);
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

/** Linux reports processor time in hundredths of a second, independent of the kernel's own clock. */
const TICK_MS = 10;

/** Processor time of a process; of its ended children too, and with `living` of those that run. */
function processorMsOf(pid: number, children: 'alone' | 'living' = 'alone'): number {
  try {
    // The name stands in parentheses and may hold spaces; utime, stime, cutime and cstime are fields 14 to 17.
    const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
    const own = fields.slice(11, 15).reduce((sum, ticks) => sum + Number(ticks), 0) * TICK_MS;
    if (children === 'alone') return own;
    const living = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean);
    return living.reduce((sum, child) => sum + processorMsOf(Number(child)), own);
  } catch {
    return 0; // It has just ended, or there is no /proc.
  }
}
