import type { Operation } from './contract.ts';
import { type Fault, NotNow, Refusal, SlowDown } from './outcomes.ts';
import { faultsOf } from './read-request.ts';

export const REQUEST_ID = 'x-request-id';

/** A handler's answer breaks the document: a fault of ours, never sent as it is. */
export class RefusedReply extends Error {
  override readonly name = 'RefusedReply';
  readonly faults: readonly Fault[];
  constructor(operationId: string, status: number, faults: readonly Fault[]) {
    super(`${operationId} answered a ${status} that its document does not allow`);
    this.faults = faults;
  }
}

export interface WrittenReply {
  readonly response: Response;
  /** Why the answer was mended before it was sent; empty for a good one. */
  readonly faults: readonly Fault[];
}

export interface WriteOptions {
  /**
   * True in production: the effect has happened, so a verdict whose required fields are good is sent with what is
   * valid. Elsewhere a broken answer is refused, so that tests see it.
   */
  readonly mend: boolean;
  readonly requestId: string;
}

/**
 * The HTTP answer for a reply, validated against the document.
 * @throws {RefusedReply}
 */
export function writeReply(
  operation: Operation,
  status: number,
  body: unknown,
  { mend, requestId }: WriteOptions,
): WrittenReply {
  const documented = operation.responses[status];
  if (documented === undefined) {
    throw new RefusedReply(operation.id, status, [{ path: '', message: 'This status is not documented' }]);
  }
  const headers = { [REQUEST_ID]: requestId };
  if (documented.body === undefined) return { response: new Response(null, { status, headers }), faults: [] };
  const strict = documented.body.strict.safeParse(body);
  if (strict.success) return { response: json(status, strict.data, headers), faults: [] };
  const faults = faultsOf(strict.error, '');
  const readable = mend ? documented.body.tolerant.safeParse(body) : undefined;
  if (!readable?.success) throw new RefusedReply(operation.id, status, faults);
  return { response: json(status, readable.data, headers), faults };
}

/** The answer for whatever was thrown while a request was handled. No text of a library reaches the caller. */
export function writeError(error: unknown, headers: Record<string, string> = {}): Response {
  if (error instanceof NotNow) {
    return json(503, { error: error.message }, { ...headers, 'retry-after': String(error.retryAfterSeconds) });
  }
  if (error instanceof Refusal) {
    const { message, details } = error;
    const wait = error instanceof SlowDown ? { 'retry-after': String(error.retryAfterSeconds) } : {};
    return json(error.status, details ? { error: message, details } : { error: message }, { ...headers, ...wait });
  }
  return json(500, { error: 'Internal error' }, headers);
}

/** Headers go in as a plain object: a `Headers`, which asking for or setting one later would make, costs ten times as much. */
const json = (status: number, body: unknown, headers: Record<string, string>) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
