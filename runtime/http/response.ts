import { unsendable } from '../client/sendable.ts';
import { validate } from '../compiled.ts';
import type { Response as Documented, Operation } from '../contract.ts';
import { type Fault, MethodNotAllowed, RequestError, RetryLater, TooManyRequests } from '../errors.ts';
import { faultsOf } from './request.ts';

export const REQUEST_ID = 'x-request-id';

/** A handler's reply breaks the document: a fault of ours, never sent as it is. */
export class RejectedReply extends Error {
  override readonly name = 'RejectedReply';
  readonly faults: readonly Fault[];
  constructor(operationId: string, status: number, faults: readonly Fault[]) {
    super(`${operationId} answered a ${status} that its document does not allow`);
    this.faults = faults;
  }
}

/** A handler's reply, before it is checked against the document. */
export interface Replied {
  readonly status: number;
  readonly body: unknown;
  /** By the names of the document, without X-Request-Id. */
  readonly headers: Readonly<Record<string, unknown>>;
}

export interface WriteOptions {
  readonly requestId: string;
  /**
   * True in production: the effect has happened, so a reply whose required fields are good is sent with what is valid.
   * Elsewhere a broken reply is rejected, so that tests see it.
   */
  readonly repair: boolean;
}

/**
 * The HTTP response for a reply, validated against the document.
 * @returns the response, and the faults that were repaired.
 * @throws {RejectedReply}
 */
export function writeReply(
  operation: Operation,
  { status, body, headers }: Replied,
  { requestId, repair }: WriteOptions,
): { readonly response: Response; readonly faults: readonly Fault[] } {
  const reject = (faults: readonly Fault[]): never => {
    throw new RejectedReply(operation.id, status, faults);
  };
  const documented = operation.responses[status] ?? reject([{ path: '', message: 'This status is not documented' }]);
  const written = writeHeaders(documented, headers, reject);
  written[REQUEST_ID] = requestId;
  if (documented.raw) return { response: rawResponse(documented.raw, status, body, written, reject), faults: [] };
  if (documented.body === undefined) return { response: new Response(null, { status, headers: written }), faults: [] };
  written['content-type'] = documented.body.media ?? 'application/json';
  const strict = validate(documented.body.strict, body);
  if (strict.success) return { response: json(status, strict.data, written), faults: [] };
  const faults = faultsOf(strict.error, '');
  const readable = repair ? validate(documented.body.tolerant, body) : undefined;
  if (!readable?.success) return reject(faults);
  return { response: json(status, readable.data, written), faults };
}

/** A body that is no JSON, as it is. */
function rawResponse(
  { media, as }: NonNullable<Documented['raw']>,
  status: number,
  body: unknown,
  headers: Record<string, string>,
  reject: (faults: readonly Fault[]) => never,
): Response {
  headers['content-type'] = as === 'text' ? `${media}; charset=utf-8` : media;
  if (as === 'text' && typeof body === 'string') return new Response(body, { status, headers });
  // A view of shared memory is no body: Fetch reads it while it may change.
  if (as === 'bytes' && body instanceof Uint8Array) return new Response(Uint8Array.from(body), { status, headers });
  return reject([{ path: '', message: `Expected ${as === 'text' ? 'a string' : 'bytes'}` }]);
}

function writeHeaders(
  documented: Documented,
  headers: Replied['headers'],
  reject: (faults: readonly Fault[]) => never,
): Record<string, string> {
  const written: Record<string, string> = {};
  const faults: Fault[] = [];
  const left = new Set(Object.keys(headers));
  for (const { name, required, schema } of documented.headers ?? []) {
    if (name.toLowerCase() === REQUEST_ID) continue;
    left.delete(name);
    const value = headers[name];
    if (value === undefined) {
      if (required) faults.push({ path: `/header/${name}`, message: 'Required' });
      continue;
    }
    const text = String(value);
    const parsed = validate(schema, text);
    const fault = unsendable(text, 'response header');
    if (fault) faults.push({ path: `/header/${name}`, message: `The value ${fault}` });
    else if (parsed.success) written[name.toLowerCase()] = text;
    else faults.push(...faultsOf(parsed.error, `/header/${name}`));
  }
  for (const name of left) faults.push({ path: `/header/${name}`, message: 'This header is not documented' });
  if (faults.length > 0) reject(faults);
  return written;
}

/** The response for anything that was thrown while a request was handled. No text of a library reaches the caller. */
export function errorResponse(error: unknown, requestId?: string): Response {
  const headers: Record<string, string> = requestId === undefined ? {} : { [REQUEST_ID]: requestId };
  if (error instanceof RetryLater || error instanceof TooManyRequests) {
    headers['retry-after'] = String(error.retryAfterSeconds);
  }
  if (error instanceof MethodNotAllowed) headers.allow = error.allow;
  if (error instanceof RetryLater) return json(503, { error: error.message }, headers);
  if (error instanceof RequestError) {
    const { status, message, details } = error;
    return json(status, details ? { error: message, details } : { error: message }, headers);
  }
  return json(500, { error: 'Internal error' }, headers);
}

/** Headers as a plain object: the adapter writes them as they are, without a `Headers` in between. */
const json = (status: number, body: unknown, headers: Record<string, string>) => {
  headers['content-type'] ??= 'application/json';
  return new Response(JSON.stringify(body), { status, headers });
};
