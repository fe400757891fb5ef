import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, request } from 'node:http';
import { buffer } from 'node:stream/consumers';
import { closeNow, listen } from './listen.ts';
import { resetSocket } from './reset-socket.ts';

const KEPT = 500;
const MASKED: ReadonlySet<string> = new Set(['authorization', 'cookie', 'set-cookie']);
/** They are about one connection, and there are two of them here (RFC 9110, 7.6.1). */
const OF_ONE_CONNECTION: ReadonlySet<string> = new Set(['connection', 'keep-alive', 'transfer-encoding']);

/** One HTTP call as it went over the wire; headers that carry a secret are masked. */
export interface Exchange {
  /** ISO 8601. */
  readonly at: string;
  readonly method: string;
  readonly path: string;
  readonly requestHeaders: Readonly<Record<string, string>>;
  readonly requestBody: string;
  /** Null while the call is in flight. */
  durationMs: number | null;
  /** Null when no answer came. */
  status: number | null;
  failure: string | null;
  responseHeaders: Readonly<Record<string, string>>;
  responseBody: string;
}

export interface Wiretap {
  readonly url: string;
  /** Calls whose request header has such a value, oldest first. */
  with(header: string, matches: (value: string) => boolean): readonly Exchange[];
  /** Called when a call begins and when it ends; answers what stops that. */
  onChange(listener: () => void): () => void;
  close(): Promise<void>;
}

/**
 * Forwards HTTP to a server on loopback and records every POST. A caller of a server that is down sees its connection
 * reset instead of rejected; everything else is as without it.
 */
export async function startWiretap(target: string): Promise<Wiretap> {
  const listeners = new Set<() => void>();
  const changed = () => {
    for (const listener of [...listeners]) listener();
  };
  const exchanges: Exchange[] = [];
  const record = (exchange: Exchange) => {
    if (exchange.method === 'POST') exchanges.push(exchange);
    if (exchanges.length > KEPT) exchanges.shift();
    changed();
  };
  const forward = async (incoming: IncomingMessage, body: Buffer, gone: AbortSignal) => {
    const headers = ofBothSides(incoming.headers);
    const { method, url: path } = incoming;
    // A connection of its own: a kept one may belong to a process that was restarted since.
    const options = { method, path, headers, agent: false as const, signal: gone };
    const outgoing = request(target, options).end(body);
    const [response]: IncomingMessage[] = await once(outgoing, 'response');
    if (response === undefined) throw new Error('no response');
    return { response, answered: await buffer(response) };
  };
  const server = createServer(async (incoming, answer) => {
    const startedAt = performance.now();
    const gone = new AbortController();
    answer.on('close', () => gone.abort());
    const body = await buffer(incoming).catch(() => undefined);
    if (body === undefined) return;
    const exchange: Exchange = {
      at: new Date().toISOString(),
      method: incoming.method ?? '',
      path: incoming.url ?? '',
      requestHeaders: shown(incoming.headers),
      requestBody: body.toString(),
      durationMs: null,
      status: null,
      failure: null,
      responseHeaders: {},
      responseBody: '',
    };
    record(exchange);
    try {
      const { response, answered } = await forward(incoming, body, gone.signal);
      exchange.status = response.statusCode ?? null;
      exchange.responseHeaders = shown(response.headers);
      exchange.responseBody = answered.toString();
      answer.writeHead(response.statusCode ?? 502, ofBothSides(response.headers)).end(answered);
    } catch (error) {
      exchange.failure = gone.signal.aborted ? 'the caller gave up' : messageOf(error);
      resetSocket(incoming.socket);
    }
    exchange.durationMs = Math.round(performance.now() - startedAt);
    changed();
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}`,
    with: (header, matches) => exchanges.filter(({ requestHeaders }) => matches(requestHeaders[header] ?? '')),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: () => closeNow(server),
  };
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown error');

const ofBothSides = (headers: IncomingHttpHeaders): IncomingHttpHeaders =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => !OF_ONE_CONNECTION.has(name)));

const shown = (headers: IncomingHttpHeaders): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, MASKED.has(name) ? '(hidden)' : String(value)]),
  );
