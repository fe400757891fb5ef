import type { MiddlewareHandler } from 'hono';

const HEADERS = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cache-control': 'no-store',
} as const;

const LOCAL = new Set(['127.0.0.1', 'localhost', '[::1]']);

/**
 * Only our own page may read and act. A foreign Host is a name that was pointed at this machine (DNS
 * rebinding); a foreign Origin is another page that the same browser has open.
 */
export const guard: MiddlewareHandler = async (c, next) => {
  const host = c.req.header('host') ?? '';
  const origin = c.req.header('origin');
  if (!LOCAL.has(host.replace(/:\d+$/, ''))) {
    return c.json({ error: 'The console answers to 127.0.0.1 and localhost only.' }, 421);
  }
  if (origin !== undefined && origin !== `http://${host}`) {
    return c.json({ error: 'Only the console itself may do this.' }, 403);
  }
  if (c.req.method === 'POST' && c.req.header('content-type')?.split(';')[0]?.trim() !== 'application/json') {
    return c.json({ error: 'The body must be JSON, and say so.' }, 415);
  }
  await next();
  for (const [name, value] of Object.entries(HEADERS)) c.header(name, value);
};
