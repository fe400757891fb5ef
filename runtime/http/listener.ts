import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { getRequestListener, RequestError as MalformedRequest } from '@hono/node-server';

export interface Listener {
  readonly port: number;
  /** From now on every answer carries `Connection: close`; new connections are still taken. */
  announceClose(): void;
  /**
   * Takes no more connections and resolves when the last request is answered; what says nothing for a second, or
   * is not done after ten, is cut off.
   */
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly port: number;
  /** `::` takes IPv6 and IPv4; Railway's older networks have only IPv6. */
  readonly host: string;
  /** Other limits than a deployment's: a test does not wait for half a minute. */
  readonly limits?: Partial<typeof SERVER_LIMITS>;
  readonly drain?: typeof DRAIN;
}

/** How long a caller may let a connection lie idle before it uses it again. */
export const ANNOUNCED_IDLE_MS = 3_000;

/** Node's limits for a server on a network of trusted peers and one edge. */
const SERVER_LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  // Announced in `Keep-Alive`: who heeds it never sends on a connection that a service closes at its stop, if its lame
  // duck is longer. The buffer is for whoever does not: Railway's edge keeps a connection for a minute.
  keepAliveTimeout: ANNOUNCED_IDLE_MS,
  keepAliveTimeoutBuffer: 65_000 - ANNOUNCED_IDLE_MS,
  maxHeaderSize: 16 * 1024,
  // How often the two timeouts are looked at; Node's own 30 s would make 40 of the 10.
  connectionsCheckingInterval: 1_000,
};

const SWEEP_MS = 100;
/** Node's own limits end with `server.close()`: without these, one silent connection would hold up a stop for ever. */
const DRAIN = {
  silentMs: 1_000,
  // More than any handler takes.
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

/** Serves an app. Falls back from `::` to `0.0.0.0` where the host has no IPv6, which Node does not do by itself. */
export async function listen(app: App, { port, host, limits, drain = DRAIN }: ListenOptions): Promise<Listener> {
  let closing = false;
  let answering = 0;
  const answer = getRequestListener((...request) => app.fetch(...request), { errorHandler: answerUnreadable });
  const server = createServer({ ...SERVER_LIMITS, ...limits }, async (incoming, outgoing) => {
    if (closing) outgoing.setHeader('connection', 'close');
    // Counted here and not by an event of the answer: a listener more costs as much as parsing a body does.
    answering += 1;
    try {
      await answer(incoming, outgoing);
    } finally {
      answering -= 1;
    }
  });
  await bind(server, port, host).catch((error: NodeJS.ErrnoException) => {
    if (host !== '::' || (error.code !== 'EAFNOSUPPORT' && error.code !== 'EADDRNOTAVAIL')) throw error;
    return bind(server, port, '0.0.0.0');
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
        // A request that began before its connection was told to close leaves it idle, and open, when it ends.
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
