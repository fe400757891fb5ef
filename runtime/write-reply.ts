import type { Operation } from './contract.ts';
import { type Fault, NotNow, Refusal, SlowDown } from './outcomes.ts';
import { faultsOf } from './read-request.ts';

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

/**
 * The HTTP answer for a reply, validated against the document.
 *
 * @param mend true in production: the effect has happened, so a verdict whose required fields are good is sent with
 *   what is valid. Elsewhere a broken answer is refused, so that tests see it.
 * @throws {RefusedReply}
 */
export function writeReply(operation: Operation, status: number, body: unknown, mend: boolean): WrittenReply {
  const documented = operation.responses[status];
  if (documented === undefined) {
    throw new RefusedReply(operation.id, status, [{ path: '', message: 'This status is not documented' }]);
  }
  if (documented.body === undefined) return { response: new Response(null, { status }), faults: [] };
  const strict = documented.body.strict.safeParse(body);
  if (strict.success) return { response: json(status, strict.data), faults: [] };
  const faults = faultsOf(strict.error, '');
  const readable = mend ? documented.body.tolerant.safeParse(body) : undefined;
  if (!readable?.success) throw new RefusedReply(operation.id, status, faults);
  return { response: json(status, readable.data), faults };
}

/** The answer for whatever was thrown while a request was handled. No text of a library reaches the caller. */
export function writeError(error: unknown, headers: Record<string, string> = {}): Response {
  if (error instanceof NotNow) {
    return json(503, { error: error.message }, { 'retry-after': String(error.retryAfterSeconds) });
  }
  if (error instanceof Refusal) {
    const { message, details } = error;
    const wait = error instanceof SlowDown ? { 'retry-after': String(error.retryAfterSeconds) } : {};
    return json(error.status, details ? { error: message, details } : { error: message }, { ...headers, ...wait });
  }
  return json(500, { error: 'Internal error' });
}

const json = (status: number, body: unknown, headers?: Record<string, string>) =>
  new Response(JSON.stringify(body), { status, headers: { 'content-type': 'application/json', ...headers } });
