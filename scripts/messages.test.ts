import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';

const script = join(import.meta.dirname, 'messages.ts');

function run(...options: string[]): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, [script, ...options], { encoding: 'utf8' });
  return { status, stderr };
}

it('docs/messages.md has the messages of the bot; if not, run `make messages`', () => {
  expect(run('--check')).toEqual({ status: 0, stderr: '' });
});

it('--check names a stale page and the command that fixes it', () => {
  const folder = mkdtempSync(join(tmpdir(), 'messages-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const page = join(folder, 'messages.md');
  const stale = { status: 1, stderr: `${page} is not what the bot says. Fix it with: make messages\n` };
  expect(run('--check', '--page', page)).toEqual(stale);
  expect(run('--page', page)).toEqual({ status: 0, stderr: '' });
  expect(run('--check', '--page', page)).toEqual({ status: 0, stderr: '' });
  writeFileSync(page, readFileSync(page, 'utf8').replace('Merci', 'merci'));
  expect(run('--check', '--page', page)).toEqual(stale);
});
