import { setTimeout as delay } from 'node:timers/promises';
import { startLoad } from '../load.ts';
import type { Scenario } from '../scenario.ts';

const LOAD_MS = 10_000;

export const rateLimits: Scenario = {
  name: 'Discord answers 429 and 503 with Retry-After',
  run: async (cluster) => {
    cluster.discord.setRateLimits({ global: { limit: 20, windowMs: 1_000 } });
    const load = startLoad(cluster, { everyMs: 100 });
    const end = Date.now() + LOAD_MS;
    while (Date.now() < end) {
      await delay(500);
      cluster.discord.fail({ path: '/channels/*', answer: { status: 503, headers: { 'retry-after': '1' } } });
      cluster.discord.fail({
        path: '/guilds/*',
        answer: {
          status: 429,
          body: { message: 'You are being rate limited.', retry_after: 1, global: false },
          headers: { 'retry-after': '1', 'x-ratelimit-scope': 'shared' },
        },
      });
    }
    await load.stop();
    cluster.discord.clearFaults();
    cluster.discord.setRateLimits({ global: { limit: 50, windowMs: 1_000 } });
    return { memberIds: load.memberIds };
  },
};
