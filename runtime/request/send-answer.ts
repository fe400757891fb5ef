import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Answer } from './exchange.ts';
import { hasBody } from './read-request.ts';

export const REQUEST_ID = 'x-request-id';

/** How long a caller may go on sending a body that was refused: it is to read the answer, and not a reset. */
const DISCARD_MS = 500;

/** Writes an answer, whole. */
export function sendAnswer(outgoing: ServerResponse, { status, headers, body }: Answer, requestId: string): void {
  const length = body === undefined ? undefined : { 'content-length': Buffer.byteLength(body) };
  outgoing.writeHead(status, { ...headers, ...length, [REQUEST_ID]: requestId });
  outgoing.end(body);
  if (hasBody(outgoing.req) && !outgoing.req.complete) discard(outgoing.req);
}

function discard(incoming: IncomingMessage): void {
  const cut = setTimeout(() => incoming.socket.destroySoon(), DISCARD_MS);
  incoming.once('close', () => clearTimeout(cut));
  incoming.resume();
}
