import { setTimeout as delay } from 'node:timers/promises';

const DEADLINE_MS = 60_000;

/** Polls until the answer satisfies, for changes that only the database shows; fails with the last answer. */
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
