import { setTimeout as delay } from 'node:timers/promises';
import { RetryLater } from '@moddy/runtime/errors';
import type { Logger } from '@moddy/runtime/log';

/** Codes of Node for a connection that is not there, and SQLSTATE classes 08, 53, 57P and a cancelled statement. */
const UNAVAILABLE_CODE = /^(?:ECONN|ENOTFOUND|EAI_AGAIN|EPIPE|ETIMEDOUT|EHOSTUNREACH|08|53|57P|57014|55P03)/;
/** The driver's own errors carry no code. */
const UNAVAILABLE_MESSAGE =
  /^(?:Connection terminated|timeout e?x?ceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|Cannot use a pool after calling end|Client was closed)/;

/** Is this the database being away or full rather than a fault of ours? */
export function isUnavailable(error: unknown): boolean {
  for (let at = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string' && UNAVAILABLE_CODE.test(at.code)) return true;
    if (UNAVAILABLE_MESSAGE.test(at.message)) return true;
    if (at instanceof AggregateError && at.errors.some(isUnavailable)) return true;
  }
  return false;
}

/** Runs a query for a caller who can ask again: a database that is away becomes "not now". */
export async function orRetryLater<Result>(query: Promise<Result>): Promise<Result> {
  try {
    return await query;
  } catch (cause) {
    throw isUnavailable(cause) ? new RetryLater('The database is not reachable', 2, { cause }) : cause;
  }
}

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
