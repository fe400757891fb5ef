import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import type { Hono } from 'hono';

export interface Listener {
  readonly port: number;
  /** From now on every answer carries `Connection: close`; new connections are still taken. */
  announceClose(): void;
  /** Takes no more connections and resolves when the last request is answered. */
  close(): Promise<void>;
}

export interface ListenOptions {
  readonly port: number;
  /** `::` takes IPv6 and IPv4; Railway's older networks have only IPv6. */
  readonly host: string;
  /** Other limits than a deployment's: a test does not wait for half a minute. */
  readonly limits?: Partial<typeof SERVER_LIMITS>;
}

/** Node's limits for a server on a network of trusted peers and one edge. */
const SERVER_LIMITS = {
  headersTimeout: 10_000,
  requestTimeout: 30_000,
  keepAliveTimeout: 65_000,
  maxHeaderSize: 16 * 1024,
  // How often the two timeouts are looked at; Node's own 30 s would make 40 of the 10.
  connectionsCheckingInterval: 1_000,
};

const SWEEP_MS = 100;

/** Serves an app. Falls back from `::` to `0.0.0.0` where the host has no IPv6, which Node does not do by itself. */
export async function listen(app: { fetch: Hono['fetch'] }, { port, host, limits }: ListenOptions): Promise<Listener> {
  let closing = false;
  const server = createAdaptorServer({ fetch: app.fetch, serverOptions: { ...SERVER_LIMITS, ...limits } }) as Server;
  server.prependListener('request', (_request, response) => {
    if (closing) response.setHeader('connection', 'close');
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
      // A request that began before its connection was told to close leaves it idle, and open, when it ends.
      const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS);
      await closed.finally(() => clearInterval(sweep));
    },
  };
}

async function bind(server: Server, port: number, host: string): Promise<void> {
  const listening = once(server, 'listening');
  server.listen({ port, host });
  await listening;
}
