import { setTimeout as delay } from 'node:timers/promises';
import { startLoad } from '../load.ts';
import type { Scenario } from '../scenario.ts';

const WRONG_MS = 60_000;

export const wrongSecret: Scenario = {
  name: 'the bot has another secret for a minute: nothing is parked',
  run: async (cluster) => {
    await cluster.bot.kill('SIGKILL');
    await cluster.bot.start({ INTERNAL_API_SECRET: 'another-secret' });
    const load = startLoad(cluster, { everyMs: 200 });
    await delay(WRONG_MS);
    await load.stop();
    await cluster.bot.kill('SIGKILL');
    await cluster.bot.start();
    return { memberIds: load.memberIds, notes: [`happenings: ${load.happenings()}`] };
  },
};
