import { lockUser } from '@moddy/backend/database/lock-user';
import { openDatabase } from '@moddy/backend/database/open';
import { users } from '@moddy/backend/database/schema';
import { transaction } from '@moddy/backend/database/transaction';
import { enqueueMessages } from '@moddy/backend/outbox/enqueue';
import { startStubBot } from '@moddy/backend/testing/stub-bot';
import { startPostgres } from '@moddy/sandbox/postgres';
import { backendVariables, freeAddresses, LOCAL_SECRET } from '@moddy/scripts/system/environment';

import { type Effort, spreadOf } from '../measure.ts';
import { atMost, type Section } from '../report.ts';
import { startMeasured } from '../service.ts';

const WARM_UP = 20;

/** From the commit of a delivery to the bot's handler: NOTIFY, claim, HTTP, authentication and validation. */
export async function commitToHandler({ samples }: Effort): Promise<Section> {
  const postgres = await startPostgres({ settings: { fsync: 'on' } });
  const DATABASE_URL = await postgres.createDatabase();
  const bot = await startStubBot(LOCAL_SECRET);
  const stripe = { url: 'http://127.0.0.1:1', apiKey: 'sk_test_bench' };
  const variables = backendVariables(await freeAddresses(), stripe, { DATABASE_URL });
  const backend = await startMeasured('backend', { ...variables, BOT_INTERNAL_URL: bot.url });
  const database = openDatabase({ url: DATABASE_URL });
  const db = database.orm;
  const [user] = await db.insert(users).values({ discordId: '1', revision: 1, confirmedRevision: 1 }).returning();
  const message = { action: 'plan_upgraded', plan: 'moddy_max', customerId: null } as const;
  const times: number[] = [];
  for (let sample = 0; sample < WARM_UP + samples; sample += 1) {
    const called = bot.received(sample + 1).then(() => performance.now());
    await transaction(db, async (tx) =>
      enqueueMessages(tx, await lockUser(tx, { userId: user?.userId ?? 0 }), [
        { ...message, interval: null, change: null, effectiveAt: null },
      ]),
    );
    const committedAt = performance.now();
    times.push((await called) - committedAt);
  }
  await Promise.all([backend.kill('SIGKILL'), database.close(), bot.close()]);
  await postgres.stop();
  return {
    title: 'Commit of a delivery → the bot’s handler is called',
    note: 'time on an idle system, Postgres with fsync',
    rows: [{ name: 'p50', value: spreadOf(times.slice(WARM_UP)), unit: 'ms', goal: atMost(10) }],
  };
}
