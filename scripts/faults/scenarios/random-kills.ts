import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../cluster.ts';
import { mulberry32, startLoad } from '../load.ts';
import type { Scenario } from '../scenario.ts';

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
    await load.stop();
    const notes = [`happenings: ${load.happenings()}`, `killed: ${JSON.stringify(killed)}`];
    return { memberIds: load.memberIds, notes };
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
