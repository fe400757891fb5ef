import { lockUser } from '@moddy/backend/database/lock-user';
import { users } from '@moddy/backend/database/schema';
import { transaction } from '@moddy/backend/database/transaction';
import { enqueueMessages } from '@moddy/backend/outbox/enqueue';
import { startStubBot } from '@moddy/backend/testing/stub-bot';
import { spreadOf } from '../measure/rounds.ts';
import { startBenchBackend } from '../start-bench-backend.ts';
import type { Workload } from './workload.ts';

const WARM_UP = 20;
const SECRET = 'bench-secret';

/** From the commit of a delivery to the bot's handler: NOTIFY, claim, HTTP, authentication and validation. */
export const commitToHandler: Workload = async ({ samples }) => {
  const bot = await startStubBot(SECRET);
  const { backend, close } = await startBenchBackend({ secret: SECRET, botUrl: bot.url });
  const db = backend.database.orm;
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
  await Promise.all([close(), bot.close()]);
  return [
    {
      title: 'Commit of a delivery → the bot’s handler is called',
      note: 'time on an idle system, Postgres with fsync',
      rows: [
        {
          name: 'p50',
          value: spreadOf(times.slice(WARM_UP)),
          unit: 'ms',
          goal: { of: 'value', bound: 'at most', is: 10 },
        },
      ],
    },
  ];
};
