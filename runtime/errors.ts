/**
 * The one table of outcomes: what a status means and what the caller of an internal API does then.
 *
 * - `verdict`: final; done, or the follow-up that `reason` asks for.
 * - `not-now`: again later, nothing consumed.
 * - `rejected`: this request is wrong; set it aside visibly.
 * - `misconfigured`: the peers disagree on secret, address or version; stop sending, keep everything, alert.
 * - `failed`: a fault of the callee or an unreadable answer; again, a bounded number of times.
 * - `unreachable`: no answer at all; again later, nothing consumed.
 */
export type Outcome = 'verdict' | 'not-now' | 'rejected' | 'misconfigured' | 'failed' | 'unreachable';

const outcomeOfStatus: Readonly<Record<number, Outcome>> = {
  200: 'verdict',
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
  500: 'failed',
  502: 'unreachable',
  503: 'not-now',
  504: 'unreachable',
};

/** The outcome class of an HTTP status; what the table does not know is a fault of whoever sent it. */
export const outcomeOf = (status: number): Outcome =>
  outcomeOfStatus[status] ?? (status >= 300 && status < 400 ? 'misconfigured' : 'failed');

/**
 * Thrown anywhere below a handler: the request is fine, but it cannot be done at the moment and nothing was done.
 * Becomes `503` with `Retry-After`. The message reaches the caller: it must name no internals.
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
