import { randomUUID } from 'node:crypto';
import { createServer } from 'node:http';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import { attend } from '../servers/attend.ts';
import { account, authorize } from '../servers/work.ts';

const mode = process.argv[2]!;
const text = JSON.stringify({ success: true, message: 'User notified successfully', notification_sent: true });
const read = (incoming: any) =>
  new Promise<Buffer>((resolve, reject) => {
    const c: Buffer[] = [];
    incoming.on('data', (x: Buffer) => c.push(x));
    incoming.on('end', () => resolve(c.length === 1 ? c[0]! : Buffer.concat(c)));
    incoming.on('error', reject);
  });
const full = async (request: Request, env: any) => {
  const startedAt = performance.now();
  const requestId = randomUUID();
  if (mode.includes('h')) authorize(env.incoming.headers.authorization);
  else authorize(request.headers.get('authorization'));
  if (mode.includes('b')) JSON.parse(new TextDecoder().decode(new Uint8Array(await request.arrayBuffer())));
  if (mode.includes('n')) JSON.parse((await read(env.incoming)).toString());
  const r = new Response(
    JSON.stringify({ success: true, message: 'User notified successfully', notification_sent: true }),
    { status: 200, headers: { 'content-type': 'application/json', 'x-request-id': requestId } },
  );
  account({ requestId, operationId: 'notifyUser', method: request.method, status: 200, startedAt });
  return r;
};
const hono = new Hono();
hono.post('/internal/notify', (c) => full(c.req.raw, c.env));
let s: any;
if (mode.includes('D')) await import('discord.js');
if (mode.includes('P')) await import('../servers/bot-parts.ts');
if (mode.includes('U')) await import('undici');
if (mode.startsWith('z')) {
  s = createServer((i, o) => {
    i.resume();
    o.writeHead(200, { 'content-type': 'application/json', 'content-length': text.length });
    o.end(text);
  });
} else if (mode.startsWith('c'))
  s = createAdaptorServer({ fetch: () => new Response(text, { headers: { 'content-type': 'application/json' } }) });
else if (mode.startsWith('f')) s = createAdaptorServer({ fetch: full });
else if (mode.startsWith('H')) s = createAdaptorServer({ fetch: (r, e) => hono.fetch(r, e) });
if (mode.includes('L')) Object.assign(s, { headersTimeout: 10_000, requestTimeout: 30_000, keepAliveTimeout: 65_000 });
if (mode.includes('R'))
  s.prependListener('request', (_: any, r: any) => {
    if (s.closing) r.setHeader('connection', 'close');
  });
s.listen(0, '127.0.0.1', () => attend(s.address().port));
