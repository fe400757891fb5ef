import createClient, { type Client } from 'openapi-fetch';
import { compiled } from '../compiled.ts';
import type { Operation, Parameters, ResponseBody, Statuses } from '../contract.ts';
import { type Outcome, outcomeOf } from '../errors.ts';
import { isRecord } from '../is-record.ts';
import { createTransport, type IncomingAnswer, OutgoingRequest } from './transport.ts';

export interface ClientOptions {
  /** Origin of the peer's private listener, `http://moddy.railway.internal:3000`. */
  readonly baseUrl: string;
  /** Bearer secret. */
  readonly secret: string;
  /** The secret before a rotation: tried once when the peer answers 403. */
  readonly previousSecret?: string | undefined;
  /** Until the whole answer is read. */
  readonly timeoutMs?: number;
}

export interface CallOptions<O> {
  readonly parameters?: Parameters<O>;
  readonly signal?: AbortSignal;
  /** Sent as `X-Request-Id`, so that both services log the same. */
  readonly requestId?: string;
  /** W3C trace context, passed on as it came. */
  readonly traceparent?: string;
}

/** What every call hands to openapi-fetch; the answer is parsed here, not there. */
export interface CallInit<O> {
  readonly params: Parameters<O>;
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
  readonly parseAs: 'text';
}

interface Failure {
  readonly outcome: Outcome;
  readonly ambiguous: boolean;
  readonly status?: number;
  readonly retryAfterSeconds?: number | undefined;
  readonly details?: unknown;
  readonly cause?: unknown;
}

/** A call that got no verdict. `outcome` says what to do now. */
export class ClientError extends Error {
  override readonly name: string = 'ClientError';
  readonly operationId: string;
  readonly outcome: Outcome;
  /** True when the peer may have acted all the same: the next attempt must say that it is one. */
  readonly ambiguous: boolean;
  readonly status: number | undefined;
  /** From `Retry-After`, in seconds. */
  readonly retryAfterSeconds: number | undefined;
  /** `details` of the peer's error body. */
  readonly details: unknown;

  constructor(operationId: string, message: string, failure: Failure) {
    super(`${operationId}: ${message}`, { cause: failure.cause });
    this.operationId = operationId;
    this.outcome = failure.outcome;
    this.ambiguous = failure.ambiguous;
    this.status = failure.status;
    this.retryAfterSeconds = failure.retryAfterSeconds;
    this.details = failure.details;
  }
}

type ErrorClass = new (operationId: string, message: string, failure: Failure) => ClientError;
interface Answer {
  readonly response: Pick<IncomingAnswer, 'status' | 'headers'>;
  readonly data?: unknown;
  readonly error?: unknown;
}

const DEFAULT_TIMEOUT_MS = 10_000;
/**
 * How long the previous secret goes first where the peer refused the current one and took it. Were the current one tried
 * every time, a rotation under load would look like somebody who guesses, and end in 429.
 */
const PREVIOUS_FIRST_MS = 60_000;

/**
 * What the generated clients share: bearer, deadline, no redirects, the previous secret after a 403, one repetition where nothing was sent, the tolerant reading of the answer.
 */
export function internalClient<Paths extends object>(options: ClientOptions, ErrorOfClient: ErrorClass) {
  const http: Client<Paths, 'application/json'> = createClient<Paths, 'application/json'>({
    baseUrl: options.baseUrl,
    // openapi-fetch only ever hands to `fetch` what it made with `Request`; the two agree with each other.
    fetch: createTransport(options.baseUrl) as unknown as (request: Request) => Promise<Response>,
    Request: OutgoingRequest as unknown as typeof Request,
  });
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  let previousFirstUntilMs = 0;

  /** Sends one call and answers the body of its `200`; throws the client's error for everything else. */
  async function verdict<O>(
    operation: Operation,
    call: CallOptions<O>,
    send: (init: CallInit<O>) => Promise<Answer>,
  ): Promise<ResponseBody<O, Extract<200, Statuses<O>>>> {
    // `AbortSignal.timeout` costs more than everything else here, and lives on until its time has come.
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), timeoutMs);
    const signal = call.signal ? AbortSignal.any([call.signal, deadline.signal]) : deadline.signal;
    const attempt = (secret: string) =>
      send({
        params: call.parameters ?? ({} as Parameters<O>),
        headers: headersOf(call, secret),
        signal,
        parseAs: 'text',
      });

    const { secret, previousSecret = secret } = options;
    const [first, second] =
      performance.now() < previousFirstUntilMs ? [previousSecret, secret] : [secret, previousSecret];
    let answer: Answer;
    try {
      answer = await attempt(first).catch((error: unknown) => {
        if (!nothingWasSent(error) || signal.aborted) throw error;
        return attempt(first);
      });
      if (answer.response.status === 403 && second !== first) {
        answer = await attempt(second);
        const previousIsTaken = second === previousSecret && answer.response.status !== 403;
        previousFirstUntilMs = previousIsTaken ? performance.now() + PREVIOUS_FIRST_MS : 0;
      }
    } catch (cause) {
      throw new ErrorOfClient(operation.id, whyNoAnswer(cause, deadline.signal, timeoutMs), {
        outcome: codeOf(cause) === 'UND_ERR_RES_EXCEEDED_MAX_SIZE' ? 'failed' : 'unreachable',
        ambiguous: !nothingWasSent(cause),
        cause,
      });
    } finally {
      clearTimeout(timer);
    }

    const { status } = answer.response;
    if (status !== 200) {
      throw new ErrorOfClient(operation.id, `${status} ${errorText(answer.error)}`, {
        outcome: outcomeOf(status),
        ambiguous: status >= 500 && status !== 503,
        status,
        retryAfterSeconds: retryAfterSeconds(answer.response.headers.get('retry-after')),
        details: isRecord(answer.error) ? answer.error.details : undefined,
      });
    }
    const tolerant = operation.responses[200]?.body?.tolerant;
    const read = tolerant && compiled(tolerant).safeParse(parseJson(answer.data));
    if (!read?.success) {
      throw new ErrorOfClient(operation.id, 'unreadable answer', { outcome: 'failed', ambiguous: true, status });
    }
    // The generated proof: what this schema accepts is the document's type.
    return read.data as ResponseBody<O, Extract<200, Statuses<O>>>;
  }

  return { http, verdict };
}

function headersOf(call: { requestId?: string; traceparent?: string }, secret: string): Record<string, string> {
  const headers: Record<string, string> = { authorization: `Bearer ${secret}` };
  if (call.requestId !== undefined) headers['x-request-id'] = call.requestId;
  if (call.traceparent !== undefined) headers.traceparent = call.traceparent;
  return headers;
}

/** The connection was never made, so the request cannot have had an effect. */
function nothingWasSent(error: unknown): boolean {
  const code = codeOf(error);
  return code === 'ECONNREFUSED' || code === 'ENOTFOUND' || code === 'EAI_AGAIN' || code === 'UND_ERR_CONNECT_TIMEOUT';
}

function whyNoAnswer(cause: unknown, deadline: AbortSignal, timeoutMs: number): string {
  if (deadline.aborted) return `no answer within ${timeoutMs} ms`;
  return `no answer (${codeOf(cause) ?? 'connection failed'})`;
}

function codeOf(error: unknown): string | undefined {
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    if ('code' in at && typeof at.code === 'string') return at.code;
    if (at instanceof AggregateError) return codeOf(at.errors[0]);
  }
  return undefined;
}

/** Only the `error` field of our own error bodies: anything else may be a proxy's page. */
const errorText = (body: unknown): string =>
  isRecord(body) && typeof body.error === 'string' ? body.error.slice(0, 200) : '';

function parseJson(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    return undefined; // Not JSON is as unreadable as the wrong JSON; the schema refuses it.
  }
}

/** RFC 9110 10.2.3: seconds or an HTTP date. */
function retryAfterSeconds(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(1, Math.ceil(seconds)) : undefined;
}
