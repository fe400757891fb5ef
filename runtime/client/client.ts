import createClient, { type Client } from 'openapi-fetch';
import { compiled } from '../compiled.ts';
import type {
  Response as Documented,
  ErrorStatuses,
  Operation,
  Parameters,
  ResponseBody,
  Success,
} from '../contract.ts';
import { type Outcome, outcomeOf } from '../errors.ts';
import { REQUEST_ID } from '../http/response.ts';
import { isRecord } from '../is-record.ts';
import { createFetch } from './transport.ts';

export interface ClientOptions {
  /** Origin of the peer's private listener, `http://moddy.railway.internal:3000`. */
  readonly baseUrl: string;
  /** Bearer secret. */
  readonly secret: string;
  /** The secret before a rotation: tried once when the peer answers 403. */
  readonly previousSecret?: string | undefined;
  /** Until the whole answer is read. */
  readonly timeoutMs?: number;
  /** Called for every success that the document lacks: the call is done, and the peer is of another version. */
  readonly onUndocumented?: (operationId: string, status: number) => void;
}

export interface CallOptions<O> {
  readonly parameters?: Parameters<O>;
  readonly signal?: AbortSignal;
  /** Sent as `X-Request-Id`, so that both services log the same. */
  readonly requestId?: string;
  /** W3C trace context, passed on as it came. */
  readonly traceparent?: string;
}

/** What every call passes to openapi-fetch; the answer is parsed here, not there. */
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
  readonly documented?: boolean;
  readonly retryAfterSeconds?: number | undefined;
  readonly body?: unknown;
  readonly details?: unknown;
  readonly cause?: unknown;
}

/** A call without a documented success. `outcome` says what to do now. */
export class ClientError extends Error {
  override readonly name: string = 'ClientError';
  readonly operationId: string;
  readonly outcome: Outcome;
  /** True when the peer may have acted all the same: the next attempt must say that it is one. */
  readonly ambiguous: boolean;
  readonly status: number | undefined;
  /** The document has this status, and its body was read. An undocumented success is done, and worth an alert. */
  readonly documented: boolean;
  /** From `Retry-After`, in seconds. */
  readonly retryAfterSeconds: number | undefined;
  /** The documented body of `status`; undefined if there is none or it was unreadable. */
  readonly body: unknown;
  /** `details` of the peer's error body, documented or not. */
  readonly details: unknown;

  constructor(operationId: string, message: string, failure: Failure) {
    super(`${operationId}: ${message}`, { cause: failure.cause });
    this.operationId = operationId;
    this.outcome = failure.outcome;
    this.ambiguous = failure.ambiguous;
    this.status = failure.status;
    this.documented = failure.documented ?? false;
    this.retryAfterSeconds = failure.retryAfterSeconds;
    this.body = failure.body;
    this.details = failure.details;
  }
}

/** A `ClientError` narrowed to one documented error status of an operation, with its body. */
export interface DocumentedError<O, Status extends ErrorStatuses<O>> {
  readonly status: Status;
  readonly body: ResponseBody<O, Status>;
}

type ErrorClass = new (operationId: string, message: string, failure: Failure) => ClientError;
interface Answer {
  readonly response: Response;
  readonly data?: unknown;
  readonly error?: unknown;
}

const DEFAULT_TIMEOUT_MS = 10_000;
/**
 * How long the previous secret goes first after the peer rejected the current one and accepted it. If the current one
 * went first every time, a rotation under load would look like guessing, and end in 429.
 */
const PREVIOUS_FIRST_MS = 60_000;

/**
 * The base of the generated clients: bearer, deadline, no redirects, the previous secret after a 403, one repetition
 * where nothing was sent, the tolerant reading of the answer.
 */
export function internalClient<Paths extends object>(options: ClientOptions, ErrorOfClient: ErrorClass) {
  const http: Client<Paths, 'application/json'> = createClient<Paths, 'application/json'>({
    baseUrl: options.baseUrl,
    fetch: createFetch(options.baseUrl),
  });
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  let previousFirstUntilMs = 0;

  /** Sends one call and answers its documented success; throws the client's error for everything else. */
  async function call<O>(
    operation: Operation,
    callOptions: CallOptions<O>,
    send: (init: CallInit<O>) => Promise<Answer>,
  ): Promise<Success<O>> {
    // `AbortSignal.timeout` would live on after the call.
    const deadline = new AbortController();
    const timer = setTimeout(() => deadline.abort(), timeoutMs);
    const signal = callOptions.signal ? AbortSignal.any([callOptions.signal, deadline.signal]) : deadline.signal;
    const attempt = (secret: string) =>
      send({
        params: callOptions.parameters ?? ({} as Parameters<O>),
        headers: headersOf(callOptions, secret),
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
    const { status, ok } = answer.response;
    if (ok && operation.responses[status] === undefined) options.onUndocumented?.(operation.id, status);
    return read(operation, answer, ErrorOfClient) as Success<O>;
  }

  return { http, call };
}

/** The documented success, in the form of `Success`: what these schemas accept is the document's type. */
function read(operation: Operation, { response, data, error }: Answer, ErrorOfClient: ErrorClass): unknown {
  const { status } = response;
  const documented = operation.responses[status];
  if (!response.ok || documented === undefined) {
    const body = documented?.body && compiled(documented.body.tolerant).safeParse(error);
    // A 404 without its documented body is a proxy's, and not the handler's verdict.
    const isDocumented = documented !== undefined && body?.success !== false;
    throw new ErrorOfClient(operation.id, `${status} ${response.ok ? 'is not documented' : errorText(error)}`, {
      outcome: outcomeOf(status, isDocumented),
      ambiguous: status >= 500 && status !== 503,
      status,
      documented: isDocumented,
      retryAfterSeconds: retryAfterSeconds(response.headers.get('retry-after')),
      body: body?.success ? body.data : undefined,
      details: isRecord(error) ? error.details : undefined,
    });
  }
  const unreadable = (what: string) =>
    new ErrorOfClient(operation.id, `unreadable ${what}`, {
      outcome: 'failed',
      ambiguous: true,
      status,
      documented: true,
    });
  const body = documented.body && compiled(documented.body.tolerant).safeParse(parseJson(data));
  if (body && !body.success) throw unreadable('answer');
  if (isBodyAlone(operation)) return body?.data;
  return { status, body: body?.data, headers: readHeaders(documented, response.headers, unreadable) };
}

/** As the type `Success` decides: one success, and no headers but the runtime's own. */
function isBodyAlone({ responses }: Operation): boolean {
  const [only, ...others] = Object.entries(responses).filter(([status]) => status.startsWith('2'));
  return others.length === 0 && (only?.[1].headers ?? []).every(({ name }) => name.toLowerCase() === REQUEST_ID);
}

function readHeaders(
  { headers = [] }: Documented,
  sent: Headers,
  unreadable: (what: string) => ClientError,
): Record<string, unknown> {
  const found: Record<string, unknown> = {};
  for (const { name, required, schema } of headers) {
    if (name.toLowerCase() === REQUEST_ID) continue;
    const text = sent.get(name);
    const parsed = text === null ? undefined : compiled(schema).safeParse(text);
    if (parsed?.success) found[name] = parsed.data;
    else if (required) throw unreadable(`header ${name}`);
  }
  return found;
}

function headersOf(call: { requestId?: string; traceparent?: string }, secret: string): Record<string, string> {
  const headers: Record<string, string> = { authorization: `Bearer ${secret}` };
  if (call.requestId !== undefined) headers[REQUEST_ID] = call.requestId;
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

/** Only the text of error bodies as we or a FastAPI peer write them: anything else may be a proxy's page. */
function errorText(body: unknown): string {
  const text = isRecord(body) ? (body.error ?? body.detail) : undefined;
  return typeof text === 'string' ? text.slice(0, 200) : '';
}

function parseJson(text: unknown): unknown {
  try {
    return typeof text === 'string' ? JSON.parse(text) : undefined;
  } catch {
    return undefined; // The schema rejects it.
  }
}

/** RFC 9110 10.2.3: seconds or an HTTP date. */
function retryAfterSeconds(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.max(1, Math.ceil(seconds)) : undefined;
}
