import { users } from '@moddy/backend/database/schema';
import { enqueueMessages } from '@moddy/backend/deliveries/enqueue';
import { startStubBot } from '@moddy/backend/testing/stub-bot';
import { startBenchBackend } from './start-bench-backend.ts';
import { percentile } from './statistics.ts';

/*
 * From the commit of a delivery to the bot's handler, on an idle system with a real Postgres (fsync on): NOTIFY, claim,
 * HTTP, authentication and validation. Prints percentiles and whether the goal is met.
 */

const SAMPLES = 500;
const WARM_UP = 50;
const GOAL_P50_MS = 10;
const SECRET = 'bench-secret';

const bot = await startStubBot(SECRET);
const { backend, close } = await startBenchBackend({ secret: SECRET, botUrl: bot.url });
const db = backend.database.orm;
const [user] = await db.insert(users).values({ discordId: '1', revision: 1, confirmedRevision: 1 }).returning();
const times: number[] = [];
for (let sample = 0; sample < WARM_UP + SAMPLES; sample += 1) {
  const called = bot.received(sample + 1).then(() => performance.now());
  await db.transaction((tx) =>
    enqueueMessages(tx, user?.userId ?? 0, [
      { action: 'plan_upgraded', plan: 'moddy_max', customerId: null, interval: null, change: null, effectiveAt: null },
    ]),
  );
  const committedAt = performance.now();
  times.push((await called) - committedAt);
}
await Promise.all([close(), bot.close()]);

const measured = times.slice(WARM_UP);
const [p50, p95] = [percentile(measured, 0.5), percentile(measured, 0.95)];
console.log(
  `commit → handler: p50 ${p50.toFixed(1)} ms, p95 ${p95.toFixed(1)} ms over ${SAMPLES} deliveries (goal: p50 ≤ ${GOAL_P50_MS} ms)`,
);
process.exitCode = p50 <= GOAL_P50_MS ? 0 : 1;
