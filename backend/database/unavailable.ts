import { setTimeout as delay } from 'node:timers/promises';
import { RetryLater } from '@moddy/runtime/errors';

/**
 * Codes of Node and OpenSSL for a connection that is not there, and SQLSTATEs: connection (08), login (28), a database that
 * is missing (3D) or closed (55000), resources (53), the disk (58), shutdown, crash and start (57P), a statement or
 * transaction past its limit, and a server that is only a standby, or that its primary overtook (40001).
 */
const UNAVAILABLE_CODE = new RegExp(
  `^(?:${[
    'ECONN|ENOT(?:FOUND|CONN)|EAI_|EPIPE|EPROTO|ETIMEDOUT|EHOST|ENET|EADDR|EMFILE|ENFILE|ERR_(?:TLS|SSL)',
    'CERT_|CRL_|DEPTH_ZERO_|ERROR_IN_C|SELF_SIGNED_|UNABLE_TO_|HOSTNAME_|INVALID_(?:CA|PURPOSE)|PATH_LENGTH_',
    '08|28|3D|53|57P|57014|58|55000|55P03|25P0[34]|25006|40001',
  ].join('|')})`,
);
/** The driver's own errors carry no code. */
const UNAVAILABLE_MESSAGE =
  /^(?:Connection (?:terminated|ended)|timeout e?x?ceeded when trying to connect|timeout expired|Query read timeout|Client has encountered a connection error|Cannot use a pool after calling end|Client was closed|The server does not support SSL|There was an error establishing an SSL)/;

/** The error and all its causes, nested ones included. */
function* causesOf(error: unknown): Generator<Error> {
  for (let at = error; at instanceof Error; at = at.cause) {
    yield at;
    if (at instanceof AggregateError) for (const each of at.errors) yield* causesOf(each);
  }
}

export function hasCode(error: unknown, pattern: RegExp): boolean {
  for (const at of causesOf(error))
    if ('code' in at && typeof at.code === 'string' && pattern.test(at.code)) return true;
  return false;
}

/** Is this the database being unreachable, full or read-only rather than a fault of ours? */
export function isUnavailable(error: unknown): boolean {
  if (hasCode(error, UNAVAILABLE_CODE)) return true;
  for (const { message } of causesOf(error)) if (UNAVAILABLE_MESSAGE.test(message)) return true;
  return false;
}

/** The cause by SQLSTATE, for a database that answers. */
const CAUSES: readonly (readonly [code: RegExp, cause: string])[] = [
  [/^25006$/, 'The database is read-only'],
  [/^(?:28|3D)/, 'The database is closed to us'],
  [/^53100$/, 'The disk of the database is full'],
  [/^53300$/, 'The database has no connection left'],
  [/^(?:57014|55P03|25P0[34])$/, 'The database is too slow'],
];

/** Runs a query for a caller who can repeat it: an unavailable database becomes `RetryLater`, which names the cause. */
export async function orRetryLater<Result>(query: Promise<Result>): Promise<Result> {
  try {
    return await query;
  } catch (cause) {
    if (!isUnavailable(cause)) throw cause;
    const reason = CAUSES.find(([code]) => hasCode(cause, code))?.[1] ?? 'The database is not reachable';
    throw new RetryLater(reason, 2, { cause });
  }
}

/**
 * Repeats a step until the database is available.
 * @param onWait called once, when the step has failed for the first time.
 * @throws what waiting does not fix; at `signal` its reason; after `forMs` the last error.
 */
export async function untilAvailable<Result>(
  step: () => Promise<Result>,
  {
    onWait,
    signal,
    forMs = Number.POSITIVE_INFINITY,
  }: {
    readonly onWait: (error: unknown) => void;
    readonly signal: AbortSignal;
    readonly forMs?: number;
  },
): Promise<Result> {
  const begunAtMs = performance.now();
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await step();
    } catch (error) {
      if (!isUnavailable(error) || performance.now() - begunAtMs >= forMs) throw error;
      if (attempt === 1) onWait(error);
      await delay(Math.min(5_000, 250 * attempt), undefined, { signal });
    }
  }
}
