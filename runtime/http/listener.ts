import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener, RequestError as MalformedRequest } from '@hono/node-server';
import { ConfigError } from '../config.ts';

export interface Listener {
  readonly port: number;
  /** From now on every response carries `Connection: close`; new connections are still accepted. */
  announceClose(): void;
  /**
   * Accepts no more connections and resolves after the last response. A connection that is silent for a second, or not
   * done after ten, is destroyed.
   */
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly port: number;
  /** The variable that decided the port, for the error when it is in use. */
  readonly variable?: string;
  /** `::` accepts IPv6 and IPv4; Railway's older networks have only IPv6. */
  readonly host: string;
  /** Shorter limits, for tests. */
  readonly limits?: Partial<typeof SERVER_LIMITS>;
  readonly drain?: typeof DRAIN;
}

/** How long a caller may keep a connection idle and still use it again. */
export const ANNOUNCED_IDLE_MS = 3_000;

/** Node's limits for a server on a network of trusted peers and one edge. */
const SERVER_LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  // Announced in `Keep-Alive`. A caller that respects it never sends on a connection that a stopping service closes,
  // because the lame duck is longer. The buffer is for others: Railway's edge keeps a connection for a minute.
  keepAliveTimeout: ANNOUNCED_IDLE_MS,
  keepAliveTimeoutBuffer: 65_000 - ANNOUNCED_IDLE_MS,
  maxHeaderSize: 16 * 1024,
  // How often Node checks the two timeouts; its default of 30 s would turn 10 s into 40 s.
  connectionsCheckingInterval: 1_000,
};

const SWEEP_MS = 100;
/** Node's own limits end with `server.close()`: without these, one silent connection would block a stop for ever. */
const DRAIN = {
  silentMs: 1_000,
  // Longer than any handler.
  longestMs: 10_000,
};

/** An app of Hono. */
interface App {
  fetch(request: Request, bindings: object): Response | Promise<Response>;
}

/** A request whose target or `Host` cannot be read reaches no app. */
const answerUnreadable = (error: unknown): Response =>
  error instanceof MalformedRequest
    ? Response.json({ error: 'Malformed request' }, { status: 400 })
    : Response.json({ error: 'Internal error' }, { status: 500 });

/**
 * Serves an app. Falls back from `::` to `0.0.0.0` where the host has no IPv6, which Node does not do by itself.
 * @throws {ConfigError} if the port or the address cannot be had.
 */
export async function listen(app: App, options: ListenOptions): Promise<Listener> {
  const { port, variable = 'The port', host, limits, drain = DRAIN } = options;
  let closing = false;
  let answering = 0;
  const answer = getRequestListener((...request) => app.fetch(...request), { errorHandler: answerUnreadable });
  const server = createServer({ ...SERVER_LIMITS, ...limits }, async (incoming, outgoing) => {
    if (closing) outgoing.setHeader('connection', 'close');
    answering += 1;
    try {
      await answer(incoming, outgoing);
    } finally {
      answering -= 1;
    }
  });
  await bind(server, port, host).catch((error: NodeJS.ErrnoException) => {
    if (error.code === 'EADDRINUSE')
      throw new ConfigError([`${variable} ${port} is in use: end the program that uses it, or set another port`]);
    if (error.code === 'EACCES')
      throw new ConfigError([`${variable} ${port} is not open to this user: set a port above 1023`]);
    if (host === '::' && (error.code === 'EAFNOSUPPORT' || error.code === 'EADDRNOTAVAIL'))
      return bind(server, port, '0.0.0.0');
    throw new ConfigError([`LISTEN_HOST is no address of this machine (${error.code}): unset it`]);
  });
  return {
    // A listening TCP server's address is never a string or null.
    port: (server.address() as AddressInfo).port,
    announceClose: () => {
      closing = true;
    },
    close: async () => {
      const closed = once(server, 'close');
      server.close();
      const startedAt = performance.now();
      let busyAt = startedAt;
      const sweep = setInterval(() => {
        const now = performance.now();
        if (answering > 0) busyAt = now;
        if (now - busyAt > drain.silentMs || now - startedAt > drain.longestMs) server.closeAllConnections();
        // A response that began before `announceClose` leaves its connection idle and open.
        else server.closeIdleConnections();
      }, SWEEP_MS);
      await closed.finally(() => clearInterval(sweep));
    },
  };
}

async function bind(server: Server, port: number, host: string): Promise<void> {
  const listening = once(server, 'listening');
  server.listen({ port, host });
  await listening;
}
