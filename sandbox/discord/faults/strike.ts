import { setTimeout } from 'node:timers/promises';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { MiddlewareHandler } from 'hono';
import type { Env } from '../rest/env.ts';
import type { Fault, Faults } from './faults.ts';

/** Lets the armed faults happen to the calls they match. `closing` ends what would wait for ever. */
export const strike =
  (faults: Faults, closing: AbortSignal): MiddlewareHandler<Env> =>
  async (c, next) => {
    if (faults.outage) {
      c.res = new Response('upstream connect error or disconnect/reset before headers', { status: 503 });
      return;
    }
    if (faults.edge) {
      c.res = answerOf(faults.edge);
      return;
    }
    const fault = faults.take(c.req.method, c.req.path.replace(/^\/api/, ''));
    if (!fault) return next();
    if (fault.delayMs) await setTimeout(fault.delayMs, undefined, { signal: closing });
    if (fault.applyEffect || (!fault.answer && !fault.end)) await next();
    if (fault.end === 'hang') await closed(closing);
    if (fault.end === 'stall') {
      c.res = undefined;
      c.res = new Response(beginningOf('[', closing), { headers: { 'content-type': 'application/json' } });
    } else if (fault.end) {
      const { socket } = c.env.incoming;
      if (fault.end === 'truncate') socket.write(BEGUN);
      if (fault.end === 'garble') socket.write('220 mail.example ESMTP\r\n');
      socket.end();
      socket.destroySoon();
      c.res = undefined;
      c.res = RESPONSE_ALREADY_SENT;
    } else if (fault.answer) {
      c.res = undefined;
      c.res = answerOf(fault.answer);
    }
  };

const BEGUN = 'HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 200\r\n\r\n{"id": "12';

function answerOf({ status, body, headers }: NonNullable<Fault['answer']>): Response {
  if (typeof body === 'string') return new Response(body, { status, headers: headers ?? {} });
  if (body !== undefined) return Response.json(body, { status, headers: headers ?? {} });
  const empty = status === 204 || status === 304;
  return empty
    ? new Response(null, { status, headers: headers ?? {} })
    : Response.json({ message: `${status}: Sandbox fault`, code: 0 }, { status, headers: headers ?? {} });
}

/** Some of a body, and then nothing until the sandbox closes. */
const beginningOf = (text: string, closing: AbortSignal): ReadableStream =>
  new ReadableStream({
    start: async (controller) => {
      controller.enqueue(new TextEncoder().encode(text));
      await closed(closing);
      controller.close();
    },
  });

const closed = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
