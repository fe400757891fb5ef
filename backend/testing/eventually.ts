import { setTimeout as delay } from 'node:timers/promises';

const DEADLINE_MS = 60_000;

/** Waits for what only the database shows: asks until the answer satisfies, and fails with the last answer. */
export async function eventually<Answer>(
  ask: () => Promise<Answer>,
  satisfies: (answer: Answer) => boolean,
): Promise<Answer> {
  const end = Date.now() + DEADLINE_MS;
  for (;;) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    if (Date.now() > end) throw new Error(`Still ${JSON.stringify(answer)} after ${DEADLINE_MS} ms`);
    await delay(10);
  }
}
