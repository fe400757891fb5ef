import { createLogger } from '@moddy/runtime/log';
import { describe, expect, it } from 'vitest';
import { search } from './search.ts';
import { createSecrets, secretsOfHeaders } from './secrets.ts';

const NONE = createSecrets([]);
const line = (fields: object) => ({
  kind: 'line' as const,
  test: 'a.test.ts',
  from: 'this process',
  text: JSON.stringify({ level: 'info', time: '2026-01-01T00:00:00.000Z', message: 'request', ...fields }),
});
const whatIn = (fields: object, secrets: string[] = []) =>
  search(line(fields), createSecrets(secrets)).map(({ field, what }) => `${field}: ${what}`);

describe('the search of the logs', () => {
  it('finds nothing in lines of the logger with allowed fields', () => {
    const texts: string[] = [];
    const log = createLogger('debug', 'test', { write: (text: string) => void texts.push(text) });
    log.info('request', { operationId: 'notifyUser', status: 200, durationMs: 1.5, discordId: '123456789012345678' });
    log.error('request failed', { error: new Error('duplicate key for a@example.com, +33612345678, Bearer abcdef') });
    expect(texts).toHaveLength(2);
    for (const text of texts) expect(search({ kind: 'line', test: '', from: '', text }, NONE)).toEqual([]);
  });
  it.each([
    ['an e-mail address', 'mail to user@example.com failed'],
    ['a phone number', 'called +33612345678'],
    ['a phone number', 'called 06 12 34 56 78'],
    ['a key', 'with sk_test_sandbox'],
    ['a key', 'with whsec_sandbox'],
    ['a bearer token', 'sent Bearer test-secret'],
    ['a password in a URL', 'postgres://moddy:hunter2@127.0.0.1:5432/moddy'],
  ])('finds %s in a field, in a message and below an error', (what, text) => {
    expect(whatIn({ reason: text })).toEqual([`reason: ${what}`]);
    expect(whatIn({ message: text })).toEqual([`message: ${what}`]);
    expect(whatIn({ error: { cause: { message: text } } })).toEqual([`error.cause.message: ${what}`]);
    expect(search({ kind: 'words', test: '', from: '', text }, NONE)).toMatchObject([{ what }]);
  });
  it('finds the credentials of a caller', () => {
    const secrets = secretsOfHeaders({
      authorization: 'Bearer the-shared-secret',
      cookie: 'language=fr; session=0123456789abcdef',
    });
    expect(secrets).toEqual(['the-shared-secret', '0123456789abcdef']);
    expect(whatIn({ detail: 'got the-shared-secret' }, [...secrets])).toEqual([
      'detail: what a caller proves itself with',
    ]);
  });
  it('finds a forbidden field and a malformed line', () => {
    expect(whatIn({ metadata: {} })).toEqual(['metadata: a field that is not allowed']);
    expect(whatIn({ level: 30, message: undefined, time: 0 })).toEqual([
      'level: missing or of another kind',
      'message: missing or of another kind',
      'time: missing or of another kind',
    ]);
    expect(search({ kind: 'line', test: '', from: '', text: 'ready' }, NONE)).toMatchObject([
      { what: 'not one JSON object' },
    ]);
  });
  it.each([
    '2026-11-22T18:10:15.798Z',
    'at file:///app/node_modules/@hono/node-server/dist/index.mjs:1:2',
    '1574124529456775176',
    'GET http://127.0.0.1:5432/x',
  ])('finds nothing in %s', (text) => expect(whatIn({ detail: text })).toEqual([]));
});
