import type { IncomingMessage, ServerResponse } from 'node:http';
import { compiled } from '../compiled.ts';
import type { Operation } from '../contract.ts';
import { type Fault, MethodNotAllowed, RequestError, RetryLater, TooManyRequests } from '../errors.ts';
import type { Answer } from './exchange.ts';
import { faultsOf, hasBody } from './read-request.ts';

export const REQUEST_ID = 'x-request-id';

/** How long a caller may go on sending a body that was refused: it is to read the answer, and not a reset. */
const DISCARD_MS = 500;

/** Writes an answer, whole. */
export function sendAnswer(outgoing: ServerResponse, { status, headers, body }: Answer, requestId: string): void {
  const length = body === undefined ? undefined : { 'content-length': Buffer.byteLength(body) };
  outgoing.writeHead(status, { ...headers, ...length, [REQUEST_ID]: requestId });
  outgoing.end(body);
  if (hasBody(outgoing.req) && !outgoing.req.complete) discard(outgoing.req);
}

function discard(incoming: IncomingMessage): void {
  const cut = setTimeout(() => incoming.socket.destroySoon(), DISCARD_MS);
  incoming.once('close', () => clearTimeout(cut));
  incoming.resume();
}

/** A handler's answer breaks the document: a fault of ours, never sent as it is. */
export class RejectedReply extends Error {
  override readonly name = 'RejectedReply';
  readonly faults: readonly Fault[];
  constructor(operationId: string, status: number, faults: readonly Fault[]) {
    super(`${operationId} answered a ${status} that its document does not allow`);
    this.faults = faults;
  }
}

export interface WrittenReply {
  readonly answer: Answer;
  /** Why the answer was mended before it was sent; empty for a good one. */
  readonly faults: readonly Fault[];
}

export interface WriteOptions {
  /**
   * True in production: the effect has happened, so a verdict whose required fields are good is sent with what is
   * valid. Elsewhere a broken answer is refused, so that tests see it.
   */
  readonly repair: boolean;
}

/**
 * The HTTP answer for a reply, validated against the document.
 * @throws {RefusedReply}
 */
export function writeReply(
  operation: Operation,
  status: number,
  body: unknown,
  { repair }: WriteOptions,
): WrittenReply {
  const documented = operation.responses[status];
  if (documented === undefined) {
    throw new RejectedReply(operation.id, status, [{ path: '', message: 'This status is not documented' }]);
  }
  if (documented.body === undefined) return { answer: { status, headers: {} }, faults: [] };
  const strict = compiled(documented.body.strict).safeParse(body);
  if (strict.success) return { answer: json(status, strict.data), faults: [] };
  const faults = faultsOf(strict.error, '');
  const readable = repair ? compiled(documented.body.tolerant).safeParse(body) : undefined;
  if (!readable?.success) throw new RejectedReply(operation.id, status, faults);
  return { answer: json(status, readable.data), faults };
}

/** The answer for whatever was thrown while a request was handled. No text of a library reaches the caller. */
export function writeError(error: unknown): Answer {
  if (error instanceof RetryLater) return json(503, { error: error.message }, retryAfter(error));
  if (error instanceof RequestError) {
    const { status, message, details } = error;
    const headers =
      error instanceof TooManyRequests
        ? retryAfter(error)
        : error instanceof MethodNotAllowed
          ? { allow: error.allow }
          : {};
    return json(status, details ? { error: message, details } : { error: message }, headers);
  }
  return json(500, { error: 'Internal error' });
}

const retryAfter = ({ retryAfterSeconds }: RetryLater | TooManyRequests) => ({
  'retry-after': String(retryAfterSeconds),
});

const json = (status: number, body: unknown, headers: Record<string, string> = {}): Answer => ({
  status,
  headers: { 'content-type': 'application/json', ...headers },
  body: JSON.stringify(body),
});
