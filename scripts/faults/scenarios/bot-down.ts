import { setTimeout as delay } from 'node:timers/promises';
import { startLoad } from '../load.ts';
import type { Scenario } from '../scenario.ts';

const DOWN_MS = 60_000;
/** What piles up meanwhile has to pass Discord's 50 requests per second within the goal of 10 s. */
const EVERY_MS = 200;

export const botDown: Scenario = {
  name: 'the bot is down for 60 s under webhooks',
  run: async (cluster) => {
    const load = startLoad(cluster, { everyMs: EVERY_MS });
    await cluster.bot.kill('SIGKILL');
    await delay(DOWN_MS);
    await load.stop();
    await cluster.bot.start();
    return { memberIds: load.memberIds, notes: [`happenings: ${load.happenings()}`] };
  },
};
