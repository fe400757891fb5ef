import { setTimeout as delay } from 'node:timers/promises';
import { deliveries, users } from '@moddy/backend/database/schema';
import { transaction } from '@moddy/backend/database/transaction';
import { and, eq, isNotNull } from 'drizzle-orm';
import { mulberry32 } from '../../system/random.ts';
import type { Slot } from '../../system/slot.ts';
import type { Cluster } from '../cluster.ts';
import { until } from '../drain.ts';
import { addMembers, startLoad } from '../load.ts';
import type { Scenario } from '../scenario.ts';

/** The bot dies when Discord has the message but the bot not yet Discord's answer. */
const killedAfterMessage = (name: string, offlineMs: number): Scenario => ({
  name,
  run: async (cluster) => {
    const memberIds = addMembers(cluster, 5);
    for (const discordId of memberIds) {
      cluster.discord.fail({ method: 'POST', path: '/channels/:id/messages', applyEffect: true, end: 'hang' });
      cluster.stripe.subscribe({ discordId, price: 'price_moddy_max_month' });
      await cluster.discord.waitForDm(discordId, undefined, 10_000);
      await cluster.bot.kill('SIGKILL');
      cluster.discord.clearFaults();
      cluster.discord.advance(offlineMs);
      await cluster.bot.start();
    }
    return { memberIds };
  },
});

export const killedInsideNonceWindow = killedAfterMessage(
  "kill -9 between the message and the bot's answer, back within Discord's nonce window",
  0,
);
export const killedOutsideNonceWindow = killedAfterMessage(
  "kill -9 between the message and the bot's answer, back an hour later",
  60 * 60 * 1_000,
);

export const killedBeforeCommit: Scenario = {
  name: "kill -9 of the replicas between the bot's success and their commit",
  run: async (cluster) => {
    const memberIds = addMembers(cluster, 5);
    for (const discordId of memberIds) {
      // Discord is slow until we hold the row that the replica will want to settle.
      cluster.discord.fail({ method: 'POST', path: '/channels/:id/messages', delayMs: 1_000 });
      cluster.stripe.subscribe({ discordId, price: 'price_moddy_max_month' });
      const [claimed] = await until(
        () =>
          cluster.db
            .select({ deliveryId: deliveries.deliveryId })
            .from(deliveries)
            .innerJoin(users, eq(users.userId, deliveries.userId))
            .where(
              and(eq(users.discordId, discordId), eq(deliveries.kind, 'notify'), isNotNull(deliveries.leaseUntil)),
            ),
        (rows) => rows.length === 1,
      );
      await transaction(cluster.db, async (tx) => {
        await tx
          .select()
          .from(deliveries)
          .where(eq(deliveries.deliveryId, claimed?.deliveryId ?? 0))
          .for('update');
        await cluster.discord.waitForDm(discordId, undefined, 10_000);
        await Promise.all(cluster.replicas.map((replica) => replica.kill('SIGKILL')));
      });
      await Promise.all(cluster.replicas.map((replica) => replica.start()));
    }
    return { memberIds };
  },
};

const LOAD_MS = 15_000;

export const threeReplicas: Scenario = {
  name: 'three replicas, every webhook twice and out of order',
  cluster: { replicas: 3 },
  run: async (cluster) => {
    cluster.stripe.deliveries.copies = 2;
    cluster.stripe.deliveries.jitterMs = 500;
    const load = startLoad(cluster, { everyMs: 40 });
    await delay(LOAD_MS);
    return load.stop();
  },
};

const KILLS = 20;
const SEED = 7;

export const randomKills: Scenario = {
  name: `${KILLS} random kill -9 of replicas, bot and Postgres under load`,
  run: async (cluster) => {
    const load = startLoad(cluster, { everyMs: 80, seed: SEED });
    const random = mulberry32(SEED);
    const victims = ['replica', 'replica', 'bot', 'postgres'] as const;
    const killed: Record<string, number> = {};
    for (let kill = 0; kill < KILLS; kill += 1) {
      await delay(300 + random() * 1_200);
      const victim = victims[Math.floor(random() * victims.length)] ?? 'bot';
      killed[victim] = (killed[victim] ?? 0) + 1;
      await killAndRestart(cluster, victim, random);
    }
    const { memberIds, notes = [] } = await load.stop();
    return { memberIds, notes: [...notes, `killed: ${JSON.stringify(killed)}`] };
  },
};

async function killAndRestart(cluster: Cluster, victim: 'replica' | 'bot' | 'postgres', random: () => number) {
  const downMs = random() * 1_000;
  if (victim === 'postgres') {
    await cluster.postgres.kill('SIGKILL');
    await delay(downMs);
    await cluster.postgres.start();
    await cluster.reconnect();
    return;
  }
  const slot = victim === 'bot' ? cluster.bot : cluster.replicas[Math.floor(random() * cluster.replicas.length)];
  await slot?.kill('SIGKILL');
  await delay(downMs);
  await slot?.start();
}

/** Longer than the client's deadline and than any lease. */
const STOPPED_MS = 14_000;

/** A process stands still with calls in hand, the plans change meanwhile, and then the old calls go on. */
const stoppedPastLease = (name: string, who: (cluster: Cluster) => Slot | undefined): Scenario => ({
  name,
  run: async (cluster) => {
    const memberIds = addMembers(cluster, 10);
    cluster.discord.fail({ path: '/guilds/*', delayMs: 1_500, times: 40 });
    for (const discordId of memberIds) cluster.stripe.subscribe({ discordId, price: 'price_moddy_max_month' });
    await delay(1_000);
    who(cluster)?.signal('SIGSTOP');
    await delay(500);
    memberIds.forEach((discordId, index) => {
      if (index % 2 === 0) cluster.stripe.cancelNow(discordId);
      else cluster.stripe.changePrice(discordId, 'price_moddy_pro_month');
    });
    await delay(STOPPED_MS);
    cluster.discord.clearFaults();
    who(cluster)?.signal('SIGCONT');
    return { memberIds };
  },
});

export const botHangs = stoppedPastLease('the bot hangs past the lease while plans change', ({ bot }) => bot);
export const replicaHangs = stoppedPastLease(
  'a replica hangs past the lease while plans change',
  ({ replicas }) => replicas[0],
);
