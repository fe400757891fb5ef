import { readFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { sql } from 'drizzle-orm';
import type { Cluster } from '../cluster.ts';
import { addMembers } from '../load.ts';
import type { Scenario } from '../scenario.ts';

const WAITING = 100_000;
const WATCHED_MS = 10_000;
const WEBHOOKS = 100;
const ROUNDS = 5;
const GOAL = { coreShare: 0.1, webhookRatio: 1.2 } as const;
/** Clock ticks per second of /proc; Linux has had 100 for decades. */
const TICKS = 100;

export const backlog: Scenario = {
  name: `${WAITING} deliveries wait while the bot is down`,
  cluster: { replicas: 1 },
  drains: false,
  run: async (cluster) => {
    await cluster.bot.kill('SIGKILL');
    await cluster.db.execute(
      sql`insert into users (discord_id, plan, revision) select (9000000000 + n)::text, 'moddy_max', 1 from generate_series(1, ${WAITING}) n`,
    );
    await cluster.db.execute(
      sql`insert into deliveries (user_id, kind, message) select user_id, 'notify', '{"action":"subscription_created","plan":"moddy_max","customerId":null,"interval":null,"change":null,"effectiveAt":null}'::jsonb from users where discord_id like '9000%'`,
    );
    await setBacklog(cluster, 'pending');
    await webhookMs(cluster); // Warm-up.
    const share = await coreShare(cluster);
    const ratios: number[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      // Side by side, so that what else the machine does meets both.
      await setBacklog(cluster, 'done');
      const without = await webhookMs(cluster);
      await setBacklog(cluster, 'pending');
      ratios.push((await webhookMs(cluster)) / without);
    }
    const ratio = ratios.toSorted((one, other) => one - other)[Math.floor(ROUNDS / 2)] ?? Number.NaN;
    const faults = [
      ...(share < GOAL.coreShare ? [] : [`${(share * 100).toFixed(1)} % of a core while waiting`]),
      ...(ratio <= GOAL.webhookRatio ? [] : [`webhooks ${ratio.toFixed(2)}× slower`]),
    ];
    return {
      memberIds: [],
      faults,
      notes: [
        `core used while waiting: ${(share * 100).toFixed(1)} %`,
        `webhook time with backlog: ${ratio.toFixed(2)}× (${ratios.map((each) => each.toFixed(2)).join(', ')})`,
      ],
    };
  },
};

/** Lets the waiting deliveries wait, or be none. */
async function setBacklog({ db }: Cluster, state: 'pending' | 'done'): Promise<void> {
  await db.execute(
    sql`update deliveries set state = ${state} where user_id in (select user_id from users where discord_id like '9000%')`,
  );
  await db.execute(sql`vacuum analyze deliveries`);
}

/** Median time of a webhook, from sent to answered. */
async function webhookMs(cluster: Cluster): Promise<number> {
  const times: number[] = [];
  for (const discordId of addMembers(cluster, WEBHOOKS)) {
    const startedAt = performance.now();
    cluster.stripe.subscribe({ discordId, price: 'price_moddy_max_month', viaCheckout: false });
    await cluster.stripe.deliveries.idle();
    times.push(performance.now() - startedAt);
  }
  return times.sort((a, b) => a - b)[Math.floor(times.length / 2)] ?? 0;
}

/** CPU time of the backend's process as a share of one core. */
async function coreShare({ replicas }: Cluster): Promise<number> {
  const ticks = async () => {
    const stat = await readFile(`/proc/${replicas[0]?.pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return Number(fields[11]) + Number(fields[12]);
  };
  const before = await ticks();
  await delay(WATCHED_MS);
  return ((await ticks()) - before) / TICKS / (WATCHED_MS / 1_000);
}
