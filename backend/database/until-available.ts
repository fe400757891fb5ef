import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@moddy/runtime/log';
import { isUnavailable } from './unavailable.ts';

/** Does a first step as soon as the database is there. @throws what no waiting mends, and when it is told to stop. */
export async function untilAvailable<Result>(
  step: () => Promise<Result>,
  { log, signal }: { readonly log: Logger; readonly signal: AbortSignal },
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await step();
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      if (attempt === 1) log.warn('waiting for the database', { error });
      await delay(Math.min(5_000, 250 * attempt), undefined, { signal });
    }
  }
}
