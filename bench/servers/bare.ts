import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { RequestError } from '@moddy/runtime/errors';
import { listen } from '@moddy/sandbox/listen';
import { account, attend, authorize, MAX_BODY_BYTES, notifyUser, VERDICT } from './work.ts';

/* node:http and nothing else: the work of work.ts, written as plainly as an author who wants only speed would. */

const server = createServer(async (incoming, outgoing) => {
  const startedAt = performance.now();
  const requestId = randomUUID();
  let status = 200;
  let body: object = VERDICT;
  try {
    authorize(incoming.headers.authorization);
    if (incoming.method !== 'POST' || incoming.url !== notifyUser.path) throw new RequestError(404, 'Not found');
    JSON.parse(await readText(incoming));
  } catch (error) {
    status = error instanceof RequestError ? error.status : error instanceof SyntaxError ? 400 : 500;
    body = { error: error instanceof RequestError ? error.message : 'Internal error' };
  }
  const text = JSON.stringify(body);
  outgoing.writeHead(status, {
    'content-type': 'application/json',
    'content-length': Buffer.byteLength(text),
    'x-request-id': requestId,
  });
  outgoing.end(text);
  account(requestId, status, performance.now() - startedAt);
});

function readText(incoming: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    incoming.on('data', (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_BODY_BYTES) reject(new RequestError(413, 'Body too large'));
      else chunks.push(chunk);
    });
    incoming.on('end', () => resolve(Buffer.concat(chunks).toString()));
    incoming.on('error', reject);
  });
}

attend(await listen(server));
