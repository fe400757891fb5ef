import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { expect, it, onTestFinished } from 'vitest';
import { openKeptDatabase } from './kept-postgres.ts';
import { query } from './postgres.ts';

async function folder(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), 'moddy-kept-'));
  onTestFinished(() => rm(dir, { recursive: true, force: true }));
  return dir;
}

const isRunning = (url: string) =>
  query(url, 'select 1').then(
    () => true,
    () => false,
  );

/** Another command on the same folder; answers the url of its database. */
async function startCommand(dir: string) {
  const program = `
    const { openKeptDatabase } = await import(${JSON.stringify(new URL('./kept-postgres.ts', import.meta.url).href)});
    const database = await openKeptDatabase({ dir: ${JSON.stringify(dir)} });
    console.log(database.url);
    process.on('SIGTERM', () => database.close().then(() => process.exit(0)));
    setInterval(() => {}, 60_000);
  `;
  const child = spawn('node', ['--input-type=module', '-e', program], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const [url] = await once(createInterface(child.stdout), 'line');
  return {
    url: String(url),
    kill: async (signal: NodeJS.Signals) => {
      child.kill(signal);
      await exited;
    },
  };
}

it('a kept database keeps its rows, is shared by commands and stops with the last of them', async () => {
  const dir = await folder();
  const first = await openKeptDatabase({ dir });
  await query(first.url, 'create table kept as select 7 as n');
  const second = await startCommand(dir);
  expect(second.url).toBe(first.url);
  await first.close();
  expect(await query(second.url, 'select n from kept')).toEqual([{ n: 7 }]);
  await second.kill('SIGTERM');
  expect(await isRunning(first.url)).toBe(false);
  const again = await openKeptDatabase({ dir });
  expect(await query(again.url, 'select n from kept')).toEqual([{ n: 7 }]);
  await again.close();
});

it('a kept database is reused and stopped after kill -9 of the command that started it', async () => {
  const dir = await folder();
  const killed = await startCommand(dir);
  await query(killed.url, 'create table kept as select 7 as n');
  await killed.kill('SIGKILL');
  expect(await isRunning(killed.url)).toBe(true);
  const next = await openKeptDatabase({ dir });
  expect(await query(next.url, 'select n from kept')).toEqual([{ n: 7 }]);
  await next.close();
  expect(await isRunning(next.url)).toBe(false);
});

it('a kept database starts although other programs have the process ids of a killed command and server', async () => {
  const dir = await folder();
  await (await openKeptDatabase({ dir })).close();
  // As in a container that was killed and started again: its first program has the number of the one before.
  await writeFile(join(dir, 'cluster', 'postmaster.pid'), `${process.pid}\n${dir}/cluster\n1\n5432\n`);
  await writeFile(join(dir, 'commands', `1-${process.pid}-before-0000`), '');
  const next = await openKeptDatabase({ dir });
  expect(await isRunning(next.url)).toBe(true);
  await next.close();
  expect(await isRunning(next.url)).toBe(false);
});

it('a fresh database is dropped when it is closed', async () => {
  const dir = await folder();
  const kept = await openKeptDatabase({ dir });
  const fresh = await openKeptDatabase({ dir, name: 'demo', fresh: true });
  await query(fresh.url, 'create table t (n int)');
  await fresh.close();
  expect(await isRunning(fresh.url)).toBe(false);
  expect(await isRunning(kept.url)).toBe(true);
  await kept.close();
});
