import { describe, expect, it } from 'vitest';
import { lines, rawRequest } from './raw-request.ts';
import { BEARER, startPrivatePort } from './start-private-port.ts';

const HOST = 'Host: localhost';
const CLOSE = 'Connection: close';

/** Tricks with the path: none may reach an operation, or anything else that is closed, without the secret. */
describe('paths', () => {
  it.each([
    ['/internal/health', 401, 200],
    ['/%69nternal/health', 401, 200],
    ['/internal%2fhealth', 401, 404],
    ['//internal/health', 401, 404],
    ['/internal//health', 401, 404],
    ['/internal/health/', 401, 404],
    ['/INTERNAL/HEALTH', 401, 404],
    ['/internal/health%00', 401, 404],
    ['/internal/health;x=1', 401, 404],
    ['/internal/health?x=1', 401, 200],
    ['/?/internal/health', 200, 200],
    // Dot segments are resolved before routing: guard and router read the same path.
    ['/./internal/health', 401, 200],
    ['/internal/./health', 401, 200],
    ['/x/../internal/health', 401, 200],
    ['/docs/../internal/health', 401, 200],
    ['/docs/%2e%2e/internal/health', 401, 200],
    ['/openapi.yaml/../internal/health', 401, 200],
    ['/openapi.yaml%2f..%2finternal%2fhealth', 401, 404],
    ['/docs\\..\\internal\\health', 400, 400],
    ['/%', 401, 404],
    ['/%ff%fe', 401, 404],
    ['http://localhost/internal/health', 401, 200],
    // The Host header decides: no browser, and so no rebound name, writes a whole URL here.
    ['http://example.com/internal/health', 401, 200],
    ['*', 400, 400],
  ])('%s is %i without the secret, %i with it', async (path, without, withSecret) => {
    const { port } = await startPrivatePort();
    const request = (...more: string[]) => rawRequest(port, lines(`GET ${path} HTTP/1.1`, HOST, CLOSE, ...more));
    expect([(await request()).status, (await request(BEARER)).status]).toEqual([without, withSecret]);
  });
});

describe('methods', () => {
  it.each([
    // RFC 9110 9.3.2: as GET, without the body.
    ['POST', 405],
    ['HEAD', 200],
    ['OPTIONS', 405],
    ['TRACE', 405],
    ['PUT', 405],
    ['PROPFIND', 405],
    ['CONNECT', 0],
    ['get', 400],
    ['BREW', 400],
  ])('%s on a path that has only GET is %i', async (method, status) => {
    const { port, reached } = await startPrivatePort();
    const answer = await rawRequest(port, lines(`${method} /internal/health HTTP/1.1`, HOST, CLOSE, BEARER));
    // Node ends the connection of a CONNECT that nobody listens for, without an answer.
    expect(answer.status || 0).toBe(status);
    expect(reached).toEqual([]);
  });
  it('a method override is ignored', async () => {
    const { port, reached } = await startPrivatePort();
    const override = 'X-HTTP-Method-Override: POST';
    const answer = await rawRequest(port, lines('GET /internal/notify HTTP/1.1', HOST, CLOSE, BEARER, override));
    expect([answer.status, reached]).toEqual([405, []]);
  });
});

describe('headers', () => {
  it.each<[string, number, string[]]>([
    ['no Host', 400, [BEARER]],
    ['two Hosts', 421, [HOST, 'Host: example.com', BEARER]],
    ['two Hosts, the outer one first', 421, ['Host: example.com', HOST, BEARER]],
    ['an empty Host', 400, ['Host:', BEARER]],
    ['a Host with a user', 400, ['Host: localhost@example.com', BEARER]],
    ['a wrong Authorization before the right one', 403, [HOST, 'Authorization: Bearer x', BEARER]],
    ['a wrong Authorization after the right one', 403, [HOST, BEARER, 'Authorization: Bearer x']],
    ['the bearer in lower case', 401, [HOST, BEARER.replace('Bearer', 'bearer')]],
    ['the bearer in the query', 401, [HOST]],
    ['another scheme', 401, [HOST, BEARER.replace('Bearer', 'Basic')]],
    ['an empty bearer', 401, [HOST, 'Authorization: Bearer ']],
    ['a folded Authorization', 400, [HOST, 'Authorization:', ' Bearer x']],
    ['a space before the colon', 400, [HOST, BEARER.replace(':', ' :')]],
    ['a NUL in a value', 400, [HOST, BEARER, 'X-Request-Id: a\u0000b']],
    ['a bare carriage return in a value', 400, [HOST, BEARER, 'X-Request-Id: a\rb']],
    ['20 KB of header', 431, [HOST, BEARER, `X-Filler: ${'x'.repeat(20_000)}`]],
    ['two Content-Lengths', 400, [HOST, BEARER, 'Content-Length: 1', 'Content-Length: 2']],
    ['Content-Length and Transfer-Encoding', 400, [HOST, BEARER, 'Content-Length: 5', 'Transfer-Encoding: chunked']],
    ['Transfer-Encoding not last chunked', 400, [HOST, BEARER, 'Transfer-Encoding: chunked, identity']],
    ['a negative Content-Length', 400, [HOST, BEARER, 'Content-Length: -1']],
    ['a header of the edge', 421, [HOST, BEARER, 'X-Forwarded-Host: localhost']],
    ['an empty header of the edge', 421, [HOST, BEARER, 'X-Railway-Edge:']],
    ["the edge's health check", 421, ['Host: healthcheck.railway.app', BEARER]],
    ['a public host without the secret', 421, ['Host: moddy.up.railway.app']],
  ])('%s: %i', async (_name, status, headers) => {
    const { port } = await startPrivatePort();
    const answer = await rawRequest(port, lines('GET /internal/health?access_token=x HTTP/1.1', CLOSE, ...headers));
    expect(answer.status).toBe(status);
  });
  it('a request hidden behind the first one does not inherit its secret', async () => {
    const { port, reached } = await startPrivatePort();
    const first = lines('GET /internal/health HTTP/1.1', HOST, BEARER, 'Content-Length: 0');
    const hidden = lines('POST /internal/notify HTTP/1.1', HOST, CLOSE, 'Content-Length: 2');
    expect((await rawRequest(port, `${first}${hidden}{}`)).status).toBe(200);
    expect(reached).toEqual([]);
  });
});
