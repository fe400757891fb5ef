import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { outstanding } from './truth.ts';

/** Longer than any scenario should need; the goal is 10 s. */
const GIVE_UP_MS = 60_000;

/** Waits until nothing is owed any more. @returns seconds since now. */
export async function drain(cluster: Cluster): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    const left = await outstanding(cluster);
    const seconds = (performance.now() - startedAt) / 1000;
    if (left === 0) return seconds;
    if (seconds * 1000 > GIVE_UP_MS) throw new Error(`${left} things are still owed after ${GIVE_UP_MS / 1000} s`);
    await delay(50);
  }
}
