import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { query, startOwnPostgres } from '@moddy/sandbox/postgres';
import type { Tree } from '../drift/trees.ts';

/** The tests to run, by file; an empty list runs the whole file. */
export interface Asked {
  readonly tests: Readonly<Record<string, readonly string[]>>;
  readonly stopAtFirst: boolean;
  readonly testTimeoutMs: number;
  /** Nothing of the tests before is left in it. */
  readonly inNewProcess: boolean;
  /** Files that were written since. */
  readonly changed: readonly string[];
}

export interface RanTest {
  readonly path: string;
  readonly id: string;
  readonly name: string;
  readonly state: 'passed' | 'failed' | 'skipped' | 'pending';
  readonly ms: number;
  /** The instrumented functions it reached. */
  readonly reached: readonly number[];
  readonly detail: string;
}

export interface Ran {
  readonly tests: readonly RanTest[];
  readonly errors: readonly string[];
}

/** Each run leaves a database or two. */
const RUNS_PER_CLEARING = 25;

/** A tree, a Postgres and a vitest, for one mutation after the other. */
export class Lane {
  readonly #tree: Tree;
  readonly #postgres: Awaited<ReturnType<typeof startOwnPostgres>>;
  readonly #changed = new Set<string>();
  #child: ChildProcess | undefined;
  #runs = 0;

  private constructor(tree: Tree, postgres: Awaited<ReturnType<typeof startOwnPostgres>>) {
    this.#tree = tree;
    this.#postgres = postgres;
  }

  static async open(tree: Tree): Promise<Lane> {
    return new Lane(tree, await startOwnPostgres({ settings: { fsync: 'off', max_connections: '200' } }));
  }

  write(path: string, text: string): void {
    this.#tree.write(path, text);
    this.#changed.add(path);
  }

  /** Runs tests; undefined when they do not end in time, after which everything that they started is gone. */
  async run(asked: Omit<Asked, 'changed'>, deadlineMs: number): Promise<Ran | undefined> {
    const child = this.#child ?? (await this.#start());
    const deadline = AbortSignal.timeout(deadlineMs);
    const exited = new AbortController();
    const onExit = () => exited.abort();
    child.once('exit', onExit);
    child.send({ ...asked, changed: [...this.#changed] } satisfies Asked);
    this.#changed.clear();
    try {
      const [answer] = await once(child, 'message', { signal: AbortSignal.any([deadline, exited.signal]) });
      return answer as Ran;
    } catch {
      await this.#kill();
      return undefined;
    } finally {
      child.off('exit', onExit);
      this.#runs += 1;
      if (this.#runs % RUNS_PER_CLEARING === 0) await this.#dropDatabases();
    }
  }

  async close(): Promise<void> {
    await this.#kill();
    await this.#postgres.stop();
  }

  async #start(): Promise<ChildProcess> {
    const program = join(import.meta.dirname, 'lane.ts');
    // A process group of its own: the test processes that it starts end with it.
    const child = fork(program, [this.#tree.folder, this.#postgres.url], {
      detached: true,
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    });
    this.#child = child;
    await once(child, 'message');
    return child;
  }

  async #kill(): Promise<void> {
    const child = this.#child;
    this.#child = undefined;
    if (child?.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    process.kill(-child.pid, 'SIGKILL');
    await exited;
  }

  /** Each test makes its own: hundreds of runs would fill the disk. */
  async #dropDatabases(): Promise<void> {
    const rows = await query(this.#postgres.url, `select datname from pg_database where datname like 'test\\_%'`);
    for (const { datname } of rows) await query(this.#postgres.url, `drop database "${String(datname)}" with (force)`);
  }
}
