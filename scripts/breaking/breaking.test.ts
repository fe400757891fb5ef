import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createRepository } from './testing/repository.ts';

const BOT = 'bot-internal.yaml';
const RELEASED = 'released/bot-internal@1.0.0.yaml';

const released = readFileSync(join(import.meta.dirname, '..', '..', 'openapi', RELEASED), 'utf8');

function repository() {
  const made = createRepository({ [BOT]: released, [RELEASED]: released });
  onTestFinished(made.remove);
  return made;
}

it('exit 0 when the document equals its released version', () => {
  expect(repository().check()).toMatchObject({ status: 0 });
});

it.each([
  ['{ type: integer, minimum: 1, maximum: 1000000 }', '{ type: integer, minimum: 1, maximum: 3 }', 'maximum'],
  ["'^[0-9]{1,20}$'", "'^[0-9]{17,20}$'", 'pattern'],
  ["plan: { type: [string, 'null']", 'plan: { type: string', 'no longer takes null'],
])('exit 1 when a document of version 1.0.0 has %s replaced by %s', (from, to, reason) => {
  const { replace, check } = repository();
  replace(from, to, BOT);
  const { status, output } = check();
  expect(output).toContain(`${BOT} breaks 1.0.0: `);
  expect(output).toContain(reason);
  expect(status).toBe(1);
});

it.each(['a: [1', '', '- a'])('exit 1 with a message for a text that is no document: %j', (text) => {
  const { at, check, folder } = repository();
  writeFileSync(at(BOT), text);
  const statuses = join(import.meta.dirname, '..', 'check-statuses.ts');
  const other = spawnSync(process.execPath, [statuses, '--root', folder], { encoding: 'utf8' });
  for (const { status, output } of [check(), { status: other.status, output: other.stderr }]) {
    expect(output).toContain(`${BOT} is no document`);
    expect(output).not.toContain('    at ');
    expect(status).toBe(1);
  }
});

const ALONG = "'^[0-9]{17,20}$'";

it('exit 1 when the released document is edited too', () => {
  const { replace, check } = repository();
  replace("'^[0-9]{1,20}$'", ALONG, BOT, RELEASED);
  const { status, output } = check();
  expect(output).toContain(`openapi/${RELEASED} was changed after its release`);
  expect(output).toContain('git checkout HEAD -- ');
  expect(status).toBe(1);
});

it('exit 1 when the edit of a released document is committed', () => {
  const { replace, commit, check } = repository();
  replace("'^[0-9]{1,20}$'", ALONG, BOT, RELEASED);
  commit();
  expect(check()).toMatchObject({ status: 1, output: expect.stringContaining('has 2 commits in its history') });
});

it('exit 1 when a released document is removed, committed or not, and when it is committed again', () => {
  const { at, commit, check } = repository();
  copyFileSync(at(RELEASED), at('..', 'kept.yaml'));
  rmSync(at(RELEASED));
  const removed = { status: 1, output: expect.stringContaining(`openapi/${RELEASED} was removed`) };
  expect(check()).toMatchObject(removed);
  commit();
  expect(check()).toMatchObject(removed);
  copyFileSync(at('..', 'kept.yaml'), at(RELEASED));
  commit();
  expect(check()).toMatchObject({ status: 1, output: expect.stringContaining('has 3 commits in its history') });
});

it('exit 1 when a document with a released version is removed', () => {
  const { at, check } = repository();
  rmSync(at(BOT));
  expect(check()).toMatchObject({ status: 1, output: expect.stringContaining('bot-internal.yaml was removed') });
});

it('exit 0 for a new release, before and after its commit', () => {
  const { at, replace, commit, check } = repository();
  replace('version: 1.0.0\n', 'version: 1.1.0\n', BOT);
  copyFileSync(at(BOT), at('released/bot-internal@1.1.0.yaml'));
  expect(check()).toMatchObject({ status: 0 });
  commit();
  expect(check()).toMatchObject({ status: 0 });
});

it('exit 1 for a misnamed file in released/', () => {
  const { at, check } = repository();
  writeFileSync(at('released/bot-internal-1.1.0.yaml'), 'openapi: 3.1.0\n');
  expect(check()).toMatchObject({ status: 1, output: expect.stringContaining('<api>@<version>.yaml') });
});

it('exit 1 in a shallow clone and outside a repository', () => {
  const { folder, commit, check, at } = repository();
  commit();
  const shallow = join(folder, 'shallow');
  execFileSync('git', ['clone', '--quiet', '--depth=1', `file://${folder}`, shallow]);
  expect(check(shallow)).toMatchObject({ status: 1, output: expect.stringContaining('→ git fetch --unshallow') });
  rmSync(join(folder, '.git'), { recursive: true });
  expect(check()).toMatchObject({ status: 1, output: expect.stringContaining('is no git repository') });
  rmSync(at(), { recursive: true });
});
