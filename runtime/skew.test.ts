import { beforeEach, expect, it } from 'vitest';
import { createLogger } from './log.ts';
import { type ContractVersions, createSkew, type Skew, watchSkew } from './skew.ts';

const MINUTE_MS = 60_000;
const own = [
  { name: 'bot-internal', version: '1.2.0', digest: 'a' },
  { name: 'backend-internal', version: '1.0.0', digest: 'b' },
];
const peer = (version: string, digest: string): ContractVersions => ({
  'bot-internal': { version, digest },
  'backend-internal': { version: '1.0.0', digest: 'b' },
});

let lines: { level: string; message: string; detail?: string; reason?: string }[];
let now: number;
let skew: Skew;
beforeEach(() => {
  lines = [];
  now = 0;
  const log = createLogger('info', 'test', { write: (text) => void lines.push(JSON.parse(text)) });
  skew = createSkew(own, log, () => now);
});

it('is silent where both are of one contract, and where the peer does not say', () => {
  for (const contract of [peer('1.2.0', 'a'), undefined, {}, { 'bot-internal': undefined }]) skew.see(contract);
  now = 60 * MINUTE_MS;
  expect(skew.check()).toBe(undefined);
  expect(lines).toEqual([]);
});

it('warns once of a difference, and shows it in health after ten minutes', () => {
  skew.see(peer('1.3.0', 'c'));
  now = 10 * MINUTE_MS - 1;
  skew.see(peer('1.3.0', 'c'));
  expect(skew.check()).toBe(undefined);
  now += 1;
  expect(skew.check()).toEqual({
    name: 'contract',
    status: 'healthy',
    detail: 'compatible for 10 minutes: bot-internal: 1.2.0 here, 1.3.0 there',
  });
  expect(lines).toMatchObject([{ level: 'warn', message: 'the peer is of another contract', reason: 'compatible' }]);
});

it('another major version is incompatible', () => {
  skew.see(peer('2.0.0', 'c'));
  now = 11 * MINUTE_MS;
  expect(skew.check()).toMatchObject({
    status: 'unhealthy',
    detail: expect.stringContaining('incompatible for 11 minutes'),
  });
  expect(lines).toMatchObject([{ level: 'warn', reason: 'incompatible' }]);
});

it('one version with two digests is a difference', () => {
  skew.see(peer('1.2.0', 'z'));
  expect(lines).toMatchObject([{ detail: 'bot-internal: 1.2.0 here, 1.2.0 there too, with other words' }]);
});

it('counts from the first difference, warns of each new one, and says when it is over', () => {
  skew.see(peer('1.3.0', 'c'));
  now = 9 * MINUTE_MS;
  skew.see(peer('1.4.0', 'd'));
  now = 10 * MINUTE_MS;
  expect(skew.check()?.detail).toContain('1.4.0 there');
  skew.see(peer('1.2.0', 'a'));
  expect(skew.check()).toBe(undefined);
  expect(lines.map(({ level }) => level)).toEqual(['warn', 'warn', 'info']);
});

it('asks at once and again, also after a peer that was away, until it is stopped', async () => {
  const answers = [
    Promise.reject(new Error('away')),
    Promise.resolve({ contract: peer('1.3.0', 'c') }),
    Promise.resolve({}),
  ];
  const stopping = new AbortController();
  const ask = () => {
    const answer = answers.shift() ?? Promise.resolve({});
    if (answers.length === 0) stopping.abort();
    return answer;
  };
  await watchSkew(skew, ask, stopping.signal, 1);
  expect(answers).toEqual([]);
  expect(lines.map(({ level }) => level)).toEqual(['warn', 'info']);
});
