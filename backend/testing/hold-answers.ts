import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { onTestFinished } from 'vitest';

/** An API behind which answers can be held: what they say was true when they were asked for. */
export async function holdAnswers(apiUrl: string) {
  let holding:
    | { readonly arrived: PromiseWithResolvers<void>; readonly released: PromiseWithResolvers<void> }
    | undefined;
  const server = createServer(async (request, response) => {
    const answer = await fetch(apiUrl + request.url, {
      method: request.method ?? 'GET',
      headers: { authorization: request.headers.authorization ?? '' },
    });
    const body = await answer.arrayBuffer();
    await buffer(request);
    holding?.arrived.resolve();
    await holding?.released.promise;
    response.writeHead(answer.status, { 'content-type': 'application/json' }).end(Buffer.from(body));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
    server.closeAllConnections();
  });
  return {
    // A server that listens on a port has an address of this form.
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    /** Holds answers from now on; resolves when the first has come. */
    hold: (): Promise<void> => {
      holding = { arrived: Promise.withResolvers(), released: Promise.withResolvers() };
      return holding.arrived.promise;
    },
    release: (): void => {
      holding?.released.resolve();
      holding = undefined;
    },
  };
}
