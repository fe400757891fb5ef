import { randomBytes } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { createDatabase, query, startOwnPostgres } from './postgres.ts';

/** A database on the server of a working copy. */
export interface KeptDatabase {
  readonly url: string;
  /** Ends the server unless another command uses it. */
  close(): Promise<void>;
}

export interface KeptOptions {
  /** The folder of the server; the one in `.data/` unless given. */
  readonly dir?: string;
  /** The name of the database; it keeps its rows unless `fresh`. */
  readonly name?: string;
  /** A new database that is dropped at the end. */
  readonly fresh?: boolean;
}

const DIR = resolve(import.meta.dirname, '../.data/postgres');
const JOIN_MS = 30_000;
const POLL_MS = 50;

/**
 * Opens a database on the one server that all commands of a working copy share: the first command starts it, the last one
 * to leave ends it. A server that a killed command left running is used again.
 */
export async function openKeptDatabase({
  dir = DIR,
  name = 'moddy',
  fresh = false,
}: KeptOptions = {}): Promise<KeptDatabase> {
  const tenants = createTenants(join(dir, 'commands'));
  // From now on no other command ends the server.
  tenants.enter();
  try {
    const { url, stop } = await startOrJoin(dir, tenants);
    const database = fresh ? `${name}_${randomBytes(4).toString('hex')}` : name;
    const found = await query(url, 'select 1 from pg_database where datname = $1', [database]);
    const own = new URL(`/${database}`, url).href;
    if (found.length === 0) await createDatabase(url, database);
    return {
      url: own,
      close: async () => {
        if (fresh) await query(url, `drop database if exists ${database} with (force)`);
        tenants.leave();
        if (tenants.others().length === 0) await stop();
      },
    };
  } catch (error) {
    tenants.leave();
    throw error;
  }
}

interface Server {
  readonly url: string;
  readonly stop: () => Promise<void>;
}

async function startOrJoin(dir: string, tenants: Tenants): Promise<Server> {
  for (const deadline = Date.now() + JOIN_MS; ; await delay(POLL_MS)) {
    const running = await runningIn(dir);
    if (running !== undefined) return running;
    // The command that entered first starts the server; commands that start together wait for it.
    if (!tenants.first() && Date.now() < deadline) continue;
    removeStaleLock(dir);
    return startOwnPostgres({ dir, detached: true });
  }
}

/** Lines of `postmaster.pid`: the process, the folder, when it started, the port. */
function readLock(dir: string): { readonly pid: number; readonly port: number } | undefined {
  const file = join(dir, 'cluster', 'postmaster.pid');
  if (!existsSync(file)) return undefined;
  const [pid, , , port] = readFileSync(file, 'utf8').split('\n');
  return { pid: Number(pid), port: Number(port) };
}

/** The server in this folder, if it answers: one that a killed command left running too. */
async function runningIn(dir: string): Promise<Server | undefined> {
  const lock = readLock(dir);
  if (lock === undefined || !isAlive(lock.pid)) return undefined;
  const url = `postgres://postgres:moddy@127.0.0.1:${lock.port}/postgres`;
  const [row] = await query(url, 'show data_directory').catch(() => []);
  if (row?.data_directory !== join(dir, 'cluster')) return undefined;
  return {
    url,
    stop: async () => {
      process.kill(lock.pid, 'SIGINT');
      while (isAlive(lock.pid)) await delay(POLL_MS);
    },
  };
}

/** After a restart of a container the process id of a killed server may be that of any other program. */
function removeStaleLock(dir: string): void {
  const lock = readLock(dir);
  if (lock === undefined) return;
  const command = readProc(lock.pid, 'cmdline');
  if (!isAlive(lock.pid) || (command !== undefined && !command.includes('postgres'))) {
    rmSync(join(dir, 'cluster', 'postmaster.pid'), { force: true });
  }
}

interface Tenants {
  enter(): void;
  leave(): void;
  /** Is this the one that has been there longest? */
  first(): boolean;
  others(): readonly string[];
}

/** Which commands use a server: one file each, named by its process and when that started. */
function createTenants(folder: string): Tenants {
  const me = `${Date.now()}-${process.pid}-${startOf(process.pid)}-${randomBytes(2).toString('hex')}`;
  const living = () => {
    const names = existsSync(folder) ? readdirSync(folder).toSorted() : [];
    return names.filter((name) => {
      const [, pid, start] = name.split('-');
      const lives = isAlive(Number(pid)) && startOf(Number(pid)) === start;
      if (!lives) rmSync(join(folder, name), { force: true });
      return lives;
    });
  };
  return {
    enter: () => {
      mkdirSync(folder, { recursive: true });
      writeFileSync(join(folder, me), '');
    },
    leave: () => rmSync(join(folder, me), { force: true }),
    first: () => living()[0] === me,
    others: () => living().filter((name) => name !== me),
  };
}

/** When a process started, in the kernel's clock: distinguishes it from a later one with its number. */
const startOf = (pid: number): string => readProc(pid, 'stat')?.split(') ')[1]?.split(' ')[19] ?? '';

function readProc(pid: number, file: string): string | undefined {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'utf8');
  } catch {
    return undefined;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return readProc(pid, 'stat')?.split(') ')[1]?.[0] !== 'Z';
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
