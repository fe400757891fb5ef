import { beforeEach, expect, it } from 'vitest';
import { createLogger } from './log.ts';
import { Metrics } from './metrics.ts';
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
let metrics: Metrics;
const shown = async () => (await metrics.text()).split('\n').filter((line) => line.startsWith('moddy_contract_skew'));
beforeEach(() => {
  lines = [];
  now = 0;
  const log = createLogger('info', 'test', { write: (text) => void lines.push(JSON.parse(text)) });
  metrics = new Metrics();
  skew = createSkew(own, { log, metrics, now: () => now });
});

it('equal contracts, and a peer without contract versions, are no skew', async () => {
  for (const contract of [peer('1.2.0', 'a'), undefined, {}, { 'bot-internal': undefined }]) {
    skew.see(contract);
    now += 60 * MINUTE_MS;
  }
  expect(skew.check()).toBe(undefined);
  expect(await shown()).toEqual([
    'moddy_contract_skew{severity="compatible"} 0',
    'moddy_contract_skew{severity="incompatible"} 0',
  ]);
  expect(lines).toEqual([]);
});

it('a skew is warned of once after ten minutes, and shown in health and as a metric', async () => {
  skew.see(peer('1.3.0', 'c'));
  now = 10 * MINUTE_MS - 1;
  skew.see(peer('1.3.0', 'c'));
  expect(skew.check()).toBe(undefined);
  expect(await shown()).toContain('moddy_contract_skew{severity="compatible"} 0');
  expect(lines).toEqual([]);
  now += 1;
  for (const _ of [1, 2]) skew.see(peer('1.3.0', 'c'));
  expect(skew.check()).toEqual({
    name: 'contract',
    status: 'healthy',
    detail: 'compatible for 10 minutes: bot-internal: 1.2.0 here, 1.3.0 there',
  });
  expect(await shown()).toContain('moddy_contract_skew{severity="compatible"} 1');
  expect(lines).toMatchObject([{ level: 'warn', message: 'the peer is of another contract', reason: 'compatible' }]);
});

it('another major version is unhealthy and incompatible', async () => {
  skew.see(peer('2.0.0', 'c'));
  now = 11 * MINUTE_MS;
  skew.see(peer('2.0.0', 'c'));
  expect(skew.check()).toMatchObject({
    status: 'unhealthy',
    detail: expect.stringContaining('incompatible for 11 minutes'),
  });
  expect(await shown()).toEqual([
    'moddy_contract_skew{severity="compatible"} 0',
    'moddy_contract_skew{severity="incompatible"} 1',
  ]);
  expect(lines).toMatchObject([{ level: 'warn', reason: 'incompatible' }]);
});

it('one version with two digests is a skew', () => {
  skew.see(peer('1.2.0', 'z'));
  now = 10 * MINUTE_MS;
  expect(skew.check()?.detail).toContain('bot-internal: 1.2.0 here, 1.2.0 there too, with other words');
});

it('the time counts from the first skew; each new version is warned of, and the end is logged', () => {
  skew.see(peer('1.3.0', 'c'));
  now = 9 * MINUTE_MS;
  skew.see(peer('1.4.0', 'd'));
  now = 10 * MINUTE_MS;
  skew.see(peer('1.4.0', 'd'));
  expect(skew.check()?.detail).toContain('1.4.0 there');
  skew.see(peer('1.5.0', 'e'));
  skew.see(peer('1.2.0', 'a'));
  expect(skew.check()).toBe(undefined);
  expect(lines.map(({ level }) => level)).toEqual(['warn', 'warn', 'info']);
});

it('a skew that ends within ten minutes is forgotten', () => {
  skew.see(peer('1.3.0', 'c'));
  now = 9 * MINUTE_MS;
  skew.see(peer('1.2.0', 'a'));
  now = 11 * MINUTE_MS;
  skew.see(peer('1.3.0', 'c'));
  expect(skew.check()).toBe(undefined);
  expect(lines).toEqual([]);
});

it('watchSkew polls at once and repeatedly, also after a failed poll, until it is stopped', async () => {
  const answers = [
    Promise.reject(new Error('away')),
    Promise.resolve({ contract: peer('1.3.0', 'c') }),
    Promise.resolve({ contract: peer('1.3.0', 'c') }),
    Promise.resolve({}),
  ];
  const stopping = new AbortController();
  const ask = () => {
    now += 10 * MINUTE_MS;
    const answer = answers.shift() ?? Promise.resolve({});
    if (answers.length === 0) stopping.abort();
    return answer;
  };
  await watchSkew(skew, ask, stopping.signal, 1);
  expect(answers).toEqual([]);
  expect(lines.map(({ level }) => level)).toEqual(['warn', 'info']);
});

it('an undocumented success is counted and logged', async () => {
  skew.undocumented('notifyUser', 202);
  expect(await metrics.text()).toContain('moddy_undocumented_successes_total{operation="notifyUser",status="202"} 1');
  expect(lines).toMatchObject([{ level: 'error', operationId: 'notifyUser', status: 202 }]);
});
