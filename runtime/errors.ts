/**
 * The next step of an internal API's caller after a call without a documented success.
 *
 * - `answered`: final; a documented 404, 409 or 410 is the handler's verdict, an undocumented success is done.
 * - `not-now`: again later, nothing consumed.
 * - `rejected`: this request is wrong; park it visibly.
 * - `misconfigured`: the peers disagree on secret, address or version; stop sending, keep everything, alert.
 * - `failed`: a fault of the callee or an unreadable answer; again, a bounded number of times.
 * - `unreachable`: no answer at all; again later, nothing consumed.
 */
export type Outcome = 'answered' | 'not-now' | 'rejected' | 'misconfigured' | 'failed' | 'unreachable';

const outcomeOfStatus: Readonly<Record<number, Outcome>> = {
  400: 'rejected',
  401: 'misconfigured',
  403: 'misconfigured',
  404: 'misconfigured',
  405: 'misconfigured',
  413: 'rejected',
  415: 'misconfigured',
  421: 'misconfigured',
  422: 'rejected',
  429: 'not-now',
  502: 'unreachable',
  503: 'not-now',
  504: 'unreachable',
};
/** The verdict of a handler, if its operation documents it. */
const VERDICTS: ReadonlySet<number> = new Set([404, 409, 410]);

/**
 * The outcome of an HTTP status; a status that the table lacks is a fault of the callee.
 * @param documented whether the operation documents this status.
 */
export function outcomeOf(status: number, documented: boolean): Outcome {
  if (status >= 200 && status < 300) return 'answered';
  if (documented && VERDICTS.has(status)) return 'answered';
  return outcomeOfStatus[status] ?? (status >= 300 && status < 400 ? 'misconfigured' : 'failed');
}

/**
 * Thrown anywhere below a handler: the request is fine, but it cannot be done now and nothing was done. Becomes `503`
 * with `Retry-After`. The message reaches the caller, so it must name no internals.
 */
export class RetryLater extends Error {
  override readonly name = 'RetryLater';
  readonly retryAfterSeconds: number;
  constructor(message: string, retryAfterSeconds: number, options?: ErrorOptions) {
    super(message, options);
    this.retryAfterSeconds = Math.max(1, Math.ceil(retryAfterSeconds));
  }
}

/** One fault of a request, `path` a JSON pointer from the request's root (`/body/discord_id`). */
export interface Fault {
  readonly path: string;
  readonly message: string;
}

/** Thrown while a request is read or below a handler: the request itself is wrong. Becomes its `status`. */
export class RequestError extends Error {
  override readonly name = 'RequestError';
  readonly status: 400 | 401 | 403 | 404 | 405 | 413 | 415 | 421 | 422 | 429;
  readonly details: readonly Fault[] | undefined;
  constructor(status: RequestError['status'], message: string, details?: readonly Fault[]) {
    super(message);
    this.status = status;
    this.details = details;
  }
}

/** Thrown for a caller that does something wrong too often. Becomes `429` with `Retry-After`. */
export class TooManyRequests extends RequestError {
  readonly retryAfterSeconds: number;
  constructor(message: string, retryAfterSeconds: number) {
    super(429, message);
    this.retryAfterSeconds = Math.max(1, Math.ceil(retryAfterSeconds));
  }
}

/** Thrown for a path that exists, with a method that it lacks. */
export class MethodNotAllowed extends RequestError {
  /** As in `Allow`. */
  readonly allow: string;
  constructor(methods: Iterable<string>) {
    super(405, 'Method not allowed');
    this.allow = [...methods].join(', ');
  }
}

/** The code of what broke a connection, from the chain of causes; undefined if none has one. */
export function codeOf(error: unknown): string | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if (at.name === 'TimeoutError') return 'ETIMEDOUT';
    if ('code' in at && typeof at.code === 'string') return at.code;
    if (at instanceof AggregateError) return codeOf(at.errors[0]);
  }
  return undefined;
}
