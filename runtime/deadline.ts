/**
 * Runs work within a deadline, also work that ignores its signal. The signal is aborted at the deadline.
 * @param late makes the error that is thrown then.
 */
export async function withDeadline<Result>(
  timeoutMs: number,
  work: (signal: AbortSignal) => Promise<Result>,
  late: () => Error = () => new Error(`No answer within ${timeoutMs} ms`),
): Promise<Result> {
  const abort = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      const reason = late();
      abort.abort(reason);
      reject(reason);
    }, timeoutMs);
  });
  const working = work(abort.signal);
  // Nobody awaits the work after the deadline; it may still fail because its signal was aborted.
  working.catch(() => undefined);
  try {
    return await Promise.race([working, deadline]);
  } finally {
    clearTimeout(timer);
  }
}
