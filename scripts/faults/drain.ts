import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';
import { outstanding } from './truth.ts';

/** Longer than any scenario should need; the goal is 10 s. */
const GIVE_UP_MS = 60_000;

/** Asks until the answer satisfies. @throws with the last answer after a minute. */
export async function until<Answer>(
  ask: () => Promise<Answer>,
  satisfies: (answer: Answer) => boolean,
  everyMs = 20,
): Promise<Answer> {
  const startedAt = performance.now();
  for (;;) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    if (performance.now() - startedAt > GIVE_UP_MS)
      throw new Error(`Still ${JSON.stringify(answer)} after ${GIVE_UP_MS / 1000} s`);
    await delay(everyMs);
  }
}

/** Waits until nothing is pending any more. @returns seconds since now. */
export async function drain(cluster: Cluster): Promise<number> {
  const startedAt = performance.now();
  await until(
    () => outstanding(cluster),
    (left) => left === 0,
  );
  return (performance.now() - startedAt) / 1000;
}
