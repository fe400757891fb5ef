import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import type { SiteEnv } from '../context.ts';
import { clientAddress } from './routes.ts';

describe('the client address for rate limits', () => {
  const ask = async (remoteAddress: string | undefined, headers: Record<string, string>, behindEdge: boolean) => {
    const app = new Hono<SiteEnv>().get('/', (c) => c.text(clientAddress(c, behindEdge)));
    return (await app.request('/', { headers }, { incoming: { socket: { remoteAddress } } })).text();
  };

  it.each([
    ['192.0.2.1', {}, false, '192.0.2.1'],
    ['::ffff:192.0.2.1', {}, false, '192.0.2.1'],
    ['2001:db8:1:2:3:4:5:6', {}, false, '2001:db8:1:2'],
    ['10.0.0.1', { 'x-real-ip': '192.0.2.7' }, true, '192.0.2.7'],
    ['10.0.0.1', { 'x-real-ip': '192.0.2.7' }, false, '10.0.0.1'],
    [undefined, {}, false, ''],
  ])('%s with %o behind the edge %s is %s', async (peer, headers, behindEdge, address) => {
    expect(await ask(peer, headers, behindEdge)).toBe(address);
  });
});
