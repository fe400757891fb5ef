import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { localVariables } from './local-variables.ts';

function fileWith(text: string | Buffer): string {
  const folder = mkdtempSync(join(tmpdir(), 'moddy-env-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  writeFileSync(join(folder, '.env'), text);
  return join(folder, '.env');
}

it('the environment overrides .env', () => {
  const file = fileWith(`LOG_LEVEL=debug # chatty\nPLAN_ROLES='{"moddy_max": ["2"]}'\nPORT=1\n`);
  expect(localVariables({ PORT: '2' }, file)).toEqual({
    LOG_LEVEL: 'debug',
    PLAN_ROLES: '{"moddy_max": ["2"]}',
    PORT: '2',
  });
});

it.each([
  ['with Windows line ends', 'PORT=1\r\nLOG_LEVEL=debug\r\n'],
  ['with a byte order mark', '\ufeffPORT=1\nLOG_LEVEL=debug\n'],
  ['in UTF-16', Buffer.from('\ufeffPORT=1\r\nLOG_LEVEL=debug\r\n', 'utf16le')],
  ['with export and quotes', `export PORT='1'\nexport LOG_LEVEL="debug"\n`],
])('reads a file %s', (_kind, text) => {
  expect(localVariables({}, fileWith(text))).toEqual({ PORT: '1', LOG_LEVEL: 'debug' });
});

it('reads a multi-line value', () => {
  const value = '{\n  "moddy_max": ["1"]\n}';
  expect(localVariables({}, fileWith(`# it's mine\nPLAN_ROLES='${value}'\nPORT=1\n`))).toEqual({
    PLAN_ROLES: value,
    PORT: '1',
  });
});

it('reports every invalid line without its value', () => {
  const file = fileWith('STRIPE_API_KEY=sk_test_first\n\n# fine\nPORT: 1\nexport STRIPE_API_KEY=\nsk_test_alone\n');
  expect(() => localVariables({}, file)).toThrow(
    expect.objectContaining({
      faults: [
        '.env line 4 must be NAME=value, or begin with #',
        '.env sets STRIPE_API_KEY twice, in lines 1 and 5: remove one of them',
        '.env line 6 must be NAME=value, or begin with #',
      ],
    }),
  );
});

it('a missing file is ignored', () => {
  expect(localVariables({ PORT: '2' }, join(tmpdir(), 'moddy-no-such-folder', '.env'))).toEqual({ PORT: '2' });
});

it.each([{ NODE_ENV: 'production' }, { RAILWAY_ENVIRONMENT: 'production' }])('ignores .env with %o', (production) => {
  expect(localVariables(production, fileWith('DISCORD_TOKEN=mine\n'))).toEqual(production);
});

it('reads .env.example, once filled in, as a shell does', () => {
  const example = readFileSync(new URL('../../.env.example', import.meta.url), 'utf8');
  const filled = example
    .replace(/^(PLAN_ROLES|PLAN_PRICES)= +(# .*)('\{.*\}')$/gm, '$1=$3 $2')
    .replace(/^(\w+)= +#/gm, '$1=value-of-$1 #');
  const file = fileWith(filled);
  const read = localVariables({}, file);
  expect(read).toMatchObject({ PLAN_ROLES: '{"moddy_max": ["<role id>"]}', PLAN_PRICES: '{"moddy_max": ["price_…"]}' });
  expect(read.DISCORD_TOKEN).toBe('value-of-DISCORD_TOKEN');
  const print = `set -a; . ${file}; exec "${process.execPath}" -p 'JSON.stringify(process.env)'`;
  const sourced = JSON.parse(execFileSync('sh', ['-c', print], { env: {}, encoding: 'utf8' }));
  expect(sourced).toMatchObject(read);
});
