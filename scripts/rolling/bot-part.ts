import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../faults/cluster.ts';
import { startLoad } from '../faults/load.ts';
import { watchGaps } from './gaps.ts';
import { type Part, spread } from './part.ts';

const BETWEEN_MS = 1_000;

/** One process only, so there is a gap; deliveries wait meanwhile. */
export const botPart: Part = {
  name: 'bot: restarted without overlap under payments',
  run: async (cluster, _tally, times, onStep) => {
    const load = startLoad(cluster, { everyMs: 60 });
    const gaps = watchGaps(cluster);
    try {
      for (let done = 1; done <= times; done += 1) {
        await delay(BETWEEN_MS);
        await restartBot(cluster);
        onStep(done);
      }
      await delay(BETWEEN_MS);
    } finally {
      await Promise.all([load.stop(), gaps.stop()]);
    }
    const notes = [
      spread('gap of the private port', gaps.privatePort),
      spread('gap of the gateway session', gaps.gateway),
    ];
    const faults = [gaps.privatePort, gaps.gateway]
      .filter(({ length }) => length !== times)
      .map(({ length }) => `${length} gaps seen in ${times} restarts`);
    return { memberIds: load.memberIds, notes, faults };
  },
};

/** As a platform without overlap: the old process is gone before the new one starts. */
export async function restartBot({ bot }: Cluster, overrides?: Readonly<Record<string, string>>): Promise<void> {
  const code = await bot.kill('SIGTERM');
  if (code !== 0) throw new Error(`The bot ended with ${code} instead of 0`);
  await bot.start(overrides);
}
