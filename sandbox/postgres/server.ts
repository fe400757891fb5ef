import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import type { Account } from './account.ts';

const restartWithinMs = 20_000;
const pollMs = 20;

/** The needs of one server process: its programs, its folder and its settings. */
export interface Cluster {
  programs: string;
  folder: string;
  log: string;
  account: Account;
  flags: string[];
  detached: boolean;
}

const gone = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;

const alive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.[0] !== 'Z';
  } catch {
    return false;
  }
};

/** The processes a postmaster has forked; known only while it lives, and only where /proc is. */
function backendsOf(postmaster: number): number[] {
  try {
    return readdirSync(`/proc/${postmaster}/task`).flatMap((task) =>
      readFileSync(`/proc/${postmaster}/task/${task}/children`, 'utf8').split(' ').filter(Boolean).map(Number),
    );
  } catch {
    return [];
  }
}

/** The lock file says `ready`, or `standby`, on its eighth line; one left by a killed server names another process. */
async function ready(folder: string, pid: number | undefined): Promise<boolean> {
  const lines = (await readFile(join(folder, 'postmaster.pid'), 'utf8').catch(() => '')).split('\n');
  return Number(lines[0]) === pid && ['ready', 'standby'].includes(lines[7]?.trim() ?? '');
}

/** Starts the server and waits until it accepts connections. */
export async function launch(cluster: Cluster): Promise<ChildProcess> {
  for (const deadline = Date.now() + restartWithinMs; ; ) {
    // A file, not a pipe: orphaned backends of a killed server would keep a pipe of ours open.
    const log = openSync(cluster.log, 'w');
    const child = spawn(join(cluster.programs, 'postgres'), ['-D', cluster.folder, ...cluster.flags], {
      ...cluster.account,
      detached: cluster.detached,
      stdio: ['ignore', log, log],
    });
    closeSync(log);
    child.on('error', () => undefined);
    while (!gone(child) && !(await ready(cluster.folder, child.pid))) await delay(pollMs);
    if (!gone(child)) return child;

    const reason = await readFile(cluster.log, 'utf8');
    // Backends of a killed postmaster hold its shared memory until they notice; everything else is final.
    if (!/still in use|postmaster\.pid/.test(reason) || Date.now() > deadline) {
      throw new Error(`PostgreSQL did not start:\n${reason}`);
    }
    await delay(pollMs * 5);
  }
}

/** Sends the signal to the postmaster and waits until it and every process it had forked are gone. */
export async function terminate(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (gone(child) || child.pid === undefined) return;
  const backends = backendsOf(child.pid);
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
  for (const noticeBy = Date.now() + 2_000; backends.some(alive); await delay(pollMs)) {
    if (Date.now() < noticeBy) continue;
    for (const pid of backends) {
      try {
        process.kill(pid, 'SIGKILL');
      } catch {
        // It went away by itself in the meantime.
      }
    }
  }
}
