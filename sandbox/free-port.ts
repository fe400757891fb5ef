import { once } from 'node:events';
import { createServer } from 'node:net';
import { listen } from './listen.ts';

/**
 * A loopback port that nobody listens on at the moment. It is taken later, so it is none of those that the system gives
 * away by itself, to connections and to `listen(0)`.
 */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = 10_000 + Math.floor(Math.random() * 10_000);
    const server = createServer();
    try {
      await listen(server, port);
    } catch (error) {
      if (error instanceof Error && 'code' in error && error.code === 'EADDRINUSE') continue;
      throw error;
    }
    server.close();
    await once(server, 'close');
    return port;
  }
}
