import { setTimeout as delay } from 'node:timers/promises';
import { startLoad } from '../load.ts';
import type { Scenario } from '../scenario.ts';

const DOWN_MS = 60_000;

export const botDown: Scenario = {
  name: 'the bot is down for 60 s under webhooks',
  run: async (cluster) => {
    const load = startLoad(cluster, { everyMs: 100 });
    await cluster.bot.kill('SIGKILL');
    await delay(DOWN_MS);
    await load.stop();
    await cluster.bot.start();
    return { memberIds: load.memberIds, notes: [`happenings: ${load.happenings()}`] };
  },
};
