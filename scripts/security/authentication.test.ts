import { describe, expect, it } from 'vitest';
import { lines, rawRequest } from './raw-request.ts';
import { BEARER, startPrivatePort } from './start-private-port.ts';

const ask = (port: number, ...headers: string[]) =>
  rawRequest(port, lines('GET /internal/health HTTP/1.1', 'Host: localhost', 'Connection: close', ...headers));

describe('a flood of failed authentications', () => {
  const failureLimits = { burst: 5, perSecond: 0.01, addresses: 10 };
  it('gets 429 with Retry-After, while a valid caller of the same address gets 200', async () => {
    const { port } = await startPrivatePort({ failureLimits });
    for (let failure = 0; failure < 5; failure += 1) expect((await ask(port)).status).toBe(401);
    const wrong = await ask(port, 'Authorization: Bearer x');
    expect([wrong.status, wrong.body]).toEqual([429, '{"error":"Too many failed authentications"}']);
    expect(Number(wrong.headers.get('retry-after'))).toBeGreaterThan(90);
    expect((await ask(port)).status).toBe(429);
    for (let call = 0; call < 20; call += 1) expect((await ask(port, BEARER)).status).toBe(200);
    expect((await ask(port)).status).toBe(429);
  });
  it('does not block a caller who then sends the right secret', async () => {
    const { port } = await startPrivatePort({ failureLimits });
    for (let failure = 0; failure < 50; failure += 1) await ask(port, 'Authorization: Bearer old');
    expect((await ask(port, BEARER)).status).toBe(200);
  });
  it('does not block open paths', async () => {
    const { port } = await startPrivatePort({ failureLimits });
    for (let failure = 0; failure < 10; failure += 1) await ask(port);
    for (const path of ['/', '/docs', '/openapi.yaml']) {
      const answer = await rawRequest(port, lines(`GET ${path} HTTP/1.1`, 'Host: localhost', 'Connection: close'));
      expect(answer.status, path).toBe(200);
    }
  });
  it('does not begin with 60 calls of a peer with another secret', async () => {
    const { port } = await startPrivatePort();
    const statuses = new Set<number>();
    for (let call = 0; call < 60; call += 1) statuses.add((await ask(port, 'Authorization: Bearer other')).status);
    expect([...statuses]).toEqual([403]);
  });
});

describe('error responses and logs', () => {
  it('have no internals: no stack, path, library or secret', async () => {
    const { port } = await startPrivatePort({
      handlers: {
        healthCheck: () => {
          throw new Error('connect ECONNREFUSED 10.0.0.1:5432 /srv/moddy/secret.ts');
        },
      },
    });
    const answer = await ask(port, BEARER);
    expect([answer.status, answer.body]).toEqual([500, '{"error":"Internal error"}']);
    expect([...answer.headers.keys()]).not.toContain('x-powered-by');
    expect([...answer.headers.keys()]).not.toContain('server');
  });
  it('have no forged header of a request', async () => {
    const { port, logged } = await startPrivatePort();
    const forged = 'x","level":"error","message":"forged';
    const answer = await ask(port, BEARER, `X-Request-Id: ${forged}`, `User-Agent: ${forged}`, `Cookie: ${forged}`);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('x-request-id')).toMatch(/^[0-9a-f-]{36}$/);
    expect(logged).toHaveLength(1);
    expect(logged.join('')).not.toContain('forged');
    expect(JSON.parse(logged[0] ?? '')).toMatchObject({ level: 'info', message: 'request' });
  });
  it('have no text of a path, no query and no wrong secret', async () => {
    const { port, logged } = await startPrivatePort();
    const request = 'GET /%0a%7b%22message%22%3a%22forged%22%7d?token=hidden HTTP/1.1';
    await rawRequest(port, lines(request, 'Host: localhost', 'Connection: close', 'Authorization: Bearer hidden'));
    expect(logged).toHaveLength(1);
    expect(logged.join('')).not.toMatch(/forged|hidden/);
  });
});
