import { setTimeout as delay } from 'node:timers/promises';

const DEADLINE_MS = 60_000;

/** Waits for what only the database shows: asks until the answer satisfies, and fails with the last answer. */
export async function eventually<Answer>(
  ask: () => Promise<Answer>,
  satisfies: (answer: Answer) => boolean,
  deadlineMs = DEADLINE_MS,
): Promise<Answer> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const answer = await ask();
    if (satisfies(answer)) return answer;
    if (Date.now() > end) throw new Error(`Still ${JSON.stringify(answer)} after ${deadlineMs} ms`);
    await delay(10);
  }
}
