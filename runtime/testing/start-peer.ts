import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';

export interface Peer {
  readonly url: string;
  readonly port: number;
  /** The received requests, in order. */
  readonly requests: IncomingMessage[];
}

/** A bare HTTP server that behaves as given; gone when the test is. */
export async function startPeer(behave: (request: IncomingMessage, response: ServerResponse) => void): Promise<Peer> {
  const requests: IncomingMessage[] = [];
  const server = createServer((request, response) => {
    requests.push(request);
    request.resume();
    behave(request, response);
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port to be had');
  return { url: `http://127.0.0.1:${address.port}`, port: address.port, requests };
}
