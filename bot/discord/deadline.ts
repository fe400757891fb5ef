import { NotNow } from '@moddy/runtime/outcomes';

/**
 * Runs work on Discord within an own deadline: a wait on a rate limit ignores abort signals, and the caller has a
 * deadline of its own. The work is told to stop at its next step.
 * @throws {NotNow} when it takes too long.
 */
export async function withDeadline<Result>(
  deadlineMs: number,
  work: (signal: AbortSignal) => Promise<Result>,
): Promise<Result> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const reason = new NotNow('Discord does not answer in time', 5);
      abort.abort(reason);
      reject(reason);
    }, deadlineMs);
  });
  const working = work(abort.signal);
  // After the deadline nobody awaits the work any more; that it fails then is what the signal asked for.
  working.catch(() => undefined);
  try {
    return await Promise.race([working, late]);
  } finally {
    clearTimeout(timer);
  }
}
