import createClient, { type Client } from 'openapi-fetch';
import { validate } from '../compiled.ts';
import type {
  Response as Documented,
  ErrorStatuses,
  Operation,
  Parameters,
  ResponseBody,
  Success,
} from '../contract.ts';
import { codeOf, type Outcome, outcomeOf } from '../errors.ts';
import { parseExactly, withNumbers } from '../exact-json.ts';
import { REQUEST_ID } from '../http/response.ts';
import { isRecord } from '../is-record.ts';
import { withoutPersonal } from '../without-personal.ts';
import { unsendable } from './sendable.ts';
import { contentOf, createFetch } from './transport.ts';

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

/** Options for a document with other security schemes than one bearer. */
export interface ForeignClientOptions extends Omit<ClientOptions, 'secret' | 'previousSecret'> {
  /** Adds what the security schemes ask for: a header, a cookie, a query parameter. */
  readonly authenticate?: (request: Request) => Request | Promise<Request>;
}

export interface CallOptions<O> {
  readonly parameters?: Parameters<O>;
  readonly signal?: AbortSignal;
  /** Sent as `X-Request-Id`, so that both services log the same. */
  readonly requestId?: string;
  /** W3C trace context, passed on as it came. */
  readonly traceparent?: string;
}

/** The arguments that every call passes to openapi-fetch; the answer is parsed here, not there. */
export interface CallInit<O> {
  readonly params: Parameters<O>;
  readonly headers: Record<string, string>;
  readonly signal: AbortSignal;
  /** The answer is read by `contentOf`. */
  readonly parseAs: 'stream';
  readonly fetch: (request: Request) => Promise<Response>;
}

/** A status as the document has it: by its number, by its range, or by `default`. */
type DocumentedStatus = number | string;

interface Failure {
  readonly outcome: Outcome;
  readonly ambiguous: boolean;
  readonly status?: number;
  readonly documentedAs?: DocumentedStatus | undefined;
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
  /** By which of its responses the document has it: the status itself, a range as `4XX`, or `default`. */
  readonly documentedAs: DocumentedStatus | undefined;
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
    this.documented = failure.documentedAs !== undefined;
    this.documentedAs = failure.documentedAs;
    this.retryAfterSeconds = failure.retryAfterSeconds;
    this.body = failure.body;
    this.details = failure.details;
  }
}

/** A `ClientError` narrowed to one documented error status of an operation, with its body. */
export interface DocumentedError<O, Status extends ErrorStatuses<O>> {
  readonly status: Status extends number ? Status : number;
  readonly body: ResponseBody<O, Status>;
}

type ErrorClass = new (operationId: string, message: string, failure: Failure) => ClientError;
interface Answer {
  readonly response: Response;
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
export function internalClient<Paths extends object>(
  options: ClientOptions | ForeignClientOptions,
  ErrorOfClient: ErrorClass,
) {
  const http: Client<Paths> = createClient<Paths>({ baseUrl: options.baseUrl });
  const fetch = createFetch(options.baseUrl);
  const { authenticate = (request: Request) => request } = 'authenticate' in options ? options : {};
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
    const wrong = faultOfParameters(operation, callOptions.parameters);
    let isMade = false;
    const attempt = (secret: string | undefined) =>
      send({
        params: callOptions.parameters ?? ({} as Parameters<O>),
        headers: headersOf(operation, callOptions, secret),
        signal,
        parseAs: 'stream',
        fetch: async (request) => {
          const authenticated = await authenticate(request);
          isMade = true;
          return fetch(authenticated);
        },
      });

    const { secret = undefined, previousSecret = secret } = 'secret' in options ? options : {};
    const [first, second] =
      performance.now() < previousFirstUntilMs ? [previousSecret, secret] : [secret, previousSecret];
    let answer: Answer;
    try {
      if (wrong !== undefined) throw new TypeError(wrong);
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
      if (!isMade && !signal.aborted) {
        const why = cause instanceof Error ? cause.message : String(cause);
        throw new ErrorOfClient(operation.id, `cannot be sent: ${why}`, {
          outcome: 'rejected',
          ambiguous: false,
          cause,
        });
      }
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

/** The documented success, in the form of `Success`: these schemas accept exactly the document's type. */
function read(operation: Operation, { response }: Answer, ErrorOfClient: ErrorClass): unknown {
  const { status } = response;
  const documentedAs = documentedStatus(operation, status);
  const documented = documentedAs === undefined ? undefined : operation.responses[documentedAs];
  const content = contentOf(response);
  if (!response.ok || documented === undefined) {
    const error = parseJson(textOf(content));
    const body = documented && readBody(documented, content);
    // A 404 without its documented body is a proxy's, and not the handler's verdict.
    const isDocumented = body !== undefined;
    throw new ErrorOfClient(operation.id, `${status} ${response.ok ? 'is not documented' : errorText(error)}`, {
      outcome: outcomeOf(status, isDocumented && documentedAs === status),
      ambiguous: status >= 500 && status !== 503,
      status,
      documentedAs: isDocumented ? documentedAs : undefined,
      retryAfterSeconds: retryAfterSeconds(response.headers.get('retry-after')),
      body: body?.value,
      details: isRecord(error) ? error.details : undefined,
    });
  }
  const unreadable = (what: string) =>
    new ErrorOfClient(operation.id, `unreadable ${what}`, {
      outcome: 'failed',
      ambiguous: true,
      status,
      documentedAs,
    });
  const body = readBody(documented, content);
  if (body === undefined) throw unreadable('answer');
  if (isBodyAlone(operation)) return body.value;
  return { status, body: body.value, headers: readHeaders(documented, response.headers, unreadable) };
}

/** By its number; an error also by its range or by `default`. */
function documentedStatus({ responses }: Operation, status: number): DocumentedStatus | undefined {
  if (responses[status] !== undefined) return status;
  if (status >= 200 && status < 300) return undefined;
  return [`${Math.floor(status / 100)}XX`, 'default'].find((key) => responses[key] !== undefined);
}

/** The documented body; undefined where the content is not it. */
function readBody({ body, raw }: Documented, content: Uint8Array): { readonly value: unknown } | undefined {
  if (raw?.as === 'text') return { value: textOf(content) };
  if (raw) return { value: content };
  if (body === undefined) return { value: undefined };
  const text = textOf(content);
  const parsed = validate(body.tolerant, parseJson(text));
  return parsed.success ? { value: withNumbers(parsed.data, text) } : undefined;
}

/** Finds a parameter that would arrive as another value, or not at all: a fault of the caller, found before anything is sent. */
function faultOfParameters({ parameters }: Operation, given: unknown): string | undefined {
  for (const { in: place, name, list } of parameters) {
    const values = isRecord(given) ? given[place] : undefined;
    const value = isRecord(values) ? values[name] : undefined;
    if (value === undefined) continue;
    if (list && Array.isArray(value) && value.length === 0)
      return `the ${place} parameter ${name} is an empty list, which looks like none; leave it out`;
    for (const text of [value].flat().map(String)) {
      const fault = unsendable(text, place, list);
      if (fault) return `the ${place} parameter ${name} ${fault}`;
    }
  }
  return undefined;
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
    const parsed = text === null ? undefined : validate(schema, text);
    if (parsed?.success) found[name] = parsed.data;
    else if (required) throw unreadable(`header ${name}`);
  }
  return found;
}

function headersOf(
  { requestBody }: Operation,
  call: { requestId?: string; traceparent?: string },
  secret: string | undefined,
): Record<string, string> {
  const headers: Record<string, string> = {};
  if (secret !== undefined) headers.authorization = `Bearer ${secret}`;
  if (requestBody?.media !== undefined) headers['content-type'] = requestBody.media;
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

/**
 * The text of error bodies as we or a FastAPI peer write them, with the first fault of the request; anything else may be
 * a proxy's page.
 */
function errorText(body: unknown): string {
  if (!isRecord(body)) return '';
  const { error, detail, details } = body;
  const text = [error, detail].find((each) => typeof each === 'string') ?? '';
  const fault = firstFault(details) ?? firstFault(detail);
  return withoutPersonal(fault === undefined || text === '' ? `${text}${fault ?? ''}` : `${text} (${fault})`).slice(
    0,
    300,
  );
}

/** Ours are `{path: '/body/plan', message}`, FastAPI's `{loc: ['body', 'plan'], msg}` beside the value, which is left out. */
function firstFault(faults: unknown): string | undefined {
  const first: unknown = Array.isArray(faults) ? faults[0] : undefined;
  if (!isRecord(first)) return undefined;
  const { path, message, loc, msg } = first;
  const place = Array.isArray(loc) ? `/${loc.join('/')}` : path;
  return `${typeof place === 'string' ? place : ''}: ${String(message ?? msg ?? '')}`;
}

const textOf = (content: Uint8Array) => new TextDecoder().decode(content);

function parseJson(text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    return undefined; // The schema rejects it.
  }
}

/** RFC 9110 10.2.3: seconds or an HTTP date. An hour at most: a peer or an edge that is wrong must not stop a caller for good. */
function retryAfterSeconds(header: string | null): number | undefined {
  if (header === null) return undefined;
  const seconds = /^\d+$/.test(header) ? Number(header) : (Date.parse(header) - Date.now()) / 1000;
  return Number.isFinite(seconds) ? Math.min(Math.max(1, Math.ceil(seconds)), 3_600) : undefined;
}
