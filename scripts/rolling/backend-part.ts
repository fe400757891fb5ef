import { setTimeout as delay } from 'node:timers/promises';
import { startLoad } from '../faults/load.ts';
import { type Part, spread } from './part.ts';
import { deployBackends } from './replace-backend.ts';
import { startCalls, startPlainTraffic } from './traffic.ts';

const BETWEEN_MS = 700;

/** Nobody may notice that the backend is replaced. */
export const backendPart: Part = {
  name: 'backend: replaced with overlap under load',
  run: async (cluster, tally, { times, slower = 1 }, onStep) => {
    const backends = deployBackends(cluster);
    const load = startLoad(cluster, { everyMs: 100 * slower });
    const calls = startCalls(cluster, tally, slower);
    const plain = startPlainTraffic(cluster, tally, slower);
    try {
      for (let done = 1; done <= times; done += 1) {
        await delay(BETWEEN_MS);
        await backends.replace();
        onStep(done);
      }
      await delay(BETWEEN_MS);
    } finally {
      await Promise.all([load.stop(), calls.stop(), plain.stop()]);
    }
    const notes = [spread('SIGTERM to exit', backends.stopMs)];
    return { memberIds: load.memberIds, notes, faults: await calls.missing() };
  },
};
