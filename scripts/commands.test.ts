/* Make and npm run the same files, and say the same things in words of their own. */

import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished, vi } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const makefile = readFileSync(join(ROOT, 'Makefile'), 'utf8');
const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));

/** A command without what make adds from its own variables. */
function withoutOptions(command: string): string {
  for (let text = command; ; ) {
    const next = text.replace(/ ?\$\([^()]*\)| ?'[^'()]*'(?=\))/g, '');
    if (next === text) return text.replace(/^exec /, '');
    text = next;
  }
}

/** As from a terminal: `make test` itself tells the makes that it starts that they are not the first. */
const { MAKELEVEL: _level, MAKEFLAGS: _flags, MFLAGS: _more, ...env } = process.env;

/** Runs make as if everything were installed; the times of the files do not count. */
function make(...args: string[]) {
  const { status, stdout, stderr } = spawnSync('make', ['-o', 'node_modules/.package-lock.json', ...args], {
    cwd: ROOT,
    encoding: 'utf8',
    env,
  });
  return { status, stdout, stderr };
}

const targets = [...makefile.matchAll(/^([a-z-]+): \$\(deps\) ## .*\n\t@(.*)$/gm)];

it('each make target is an npm script that runs the same file', () => {
  expect(targets.length).toBeGreaterThan(20);
  expect(scripts).toEqual(Object.fromEntries(targets.map(([, name, command = '']) => [name, withoutOptions(command)])));
});

it('the npm scripts need no shell, so they run on Windows', () => {
  for (const [name, command] of Object.entries<string>(scripts)) {
    expect(command, name).toMatch(/^(node [\w/-]+\.ts|vitest run)( [\w./-]+)*$/);
    const [, file] = command.split(' ');
    if (command.startsWith('node')) expect(existsSync(join(ROOT, file ?? '')), name).toBe(true);
  }
});

it.each([
  [['trace'], 'make trace needs USER=<Discord id, cus_…, e-mail or user id>'],
  [['sync', 'USER='], 'make sync needs USER=<Discord id, cus_…, e-mail or user id>'],
  [['redrive', 'DRY=1'], 'make redrive needs ID=<delivery> or USER=<Discord id, cus_…, e-mail or user id> or ALL=1'],
])('make %j prints once which variables it needs, and starts nothing', (args, usage) => {
  const { status, stdout, stderr } = make(...args);
  expect(status).toBe(2);
  expect(stdout).toBe('');
  expect(stderr.trim().split('\n')).toEqual([expect.stringMatching(/^Makefile:\d+: \*\*\* /)]);
  expect(stderr).toContain(`${usage}.  Stop.`);
});

it('make passes ALL=1 as --all', () => {
  expect(make('-n', 'redrive', 'ALL=1').stdout).toMatch(/redrive\.ts +--all\s*$/);
});

it.each(["o'brien@example.com", '$(id)`id`$HOME', '-1', 'a b'])('make passes %s as one word', (value) => {
  const { stdout } = make('-n', 'trace', `USER=${value}`);
  const { stdout: word } = spawnSync('sh', ['-c', stdout.replace(/^.*trace\.ts/s, 'printf %s')], { encoding: 'utf8' });
  expect(word).toBe(`--user=${value}`);
});

it.each([
  ['1', true],
  ['true', true],
  ['yes', true],
  ['0', false],
  ['off', false],
  ['maybe', false],
])('make redrive FORCE=%s passes --force: %s; FORCE in the environment never does', (value, forces) => {
  expect(make('-n', 'redrive', 'ALL=1', `FORCE=${value}`).stdout.includes(' --force')).toBe(forces);
  expect(make('-n', 'redrive', 'ALL=1').stdout).toContain(' --all');
  vi.stubEnv('FORCE', value);
  onTestFinished(() => void vi.unstubAllEnvs());
  expect(make('-n', 'redrive', 'ALL=1').stdout).not.toContain('--force');
});

it('make passes DRY from its command line through the environment', () => {
  const print = ['-s', '-f', '-', 'print'];
  const input = 'print:\n\t@echo "dry: $$DRY"\n';
  expect(spawnSync('make', [...print, 'DRY=1'], { input, encoding: 'utf8', env }).stdout).toBe('dry: 1\n');
});

it.each([
  [['fuzz.ts', '--requests', 'abc'], '--requests must be a whole number from 2: abc'],
  [['drift.ts', '--seed', 'x'], '--seed must be a whole number from 0: x'],
  [['mutate.ts', '--count', '0'], '--count must be a whole number from 1: 0'],
  [['messages.ts', '--chek'], "Unknown option '--chek'"],
  [['gameday.ts', 'nothing'], 'No name holds "nothing". There are:'],
])('node scripts/%j exits 2 with one line and starts nothing', ([file = '', ...args], line) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [join(ROOT, 'scripts', file), ...args], {
    encoding: 'utf8',
  });
  expect({ status, stdout }).toEqual({ status: 2, stdout: '' });
  expect(stderr.split('\n')[0]).toBe(line);
});

it('make prints what it installs and how long it takes before npm starts; npm is quiet', () => {
  const { stdout } = spawnSync('make', ['-n', '-W', 'package-lock.json', 'secret'], {
    cwd: ROOT,
    encoding: 'utf8',
    env,
  });
  expect(stdout).toMatch(/^echo "Installing .* minute.*\n.*npm ci && echo "Installed in/);
  expect(readFileSync(join(ROOT, '.npmrc'), 'utf8')).toContain('loglevel=error');
});
