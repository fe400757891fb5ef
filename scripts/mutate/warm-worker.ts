import { type ChildProcess, fork } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { join } from 'node:path';
import type { PoolWorker } from 'vitest/node';

type Message = Parameters<PoolWorker['send']>[0];
const PROGRAM = join(import.meta.dirname, 'warm-process.ts');
/** Tests leave some memory behind. */
const MOST_RUNS = 150;

/**
 * A test process for one run after the other: the packages that tests import are loaded once, all else anew by
 * `warm-process.ts`. Vitest starts and stops it around every run, which only a cold one hears.
 */
export class WarmWorker implements PoolWorker {
  readonly name = 'warm';
  readonly #env: NodeJS.ProcessEnv;
  readonly #events = new EventEmitter();
  #child: ChildProcess | undefined;
  #isStarted = false;
  #runs = 0;

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  on(event: string, callback: (...values: unknown[]) => void): void {
    this.#events.on(event, callback);
  }

  off(event: string, callback: (...values: unknown[]) => void): void {
    this.#events.off(event, callback);
  }

  send(message: Message): void {
    const type = 'type' in message ? message.type : undefined;
    if (type === 'stop') this.#answer('stopped');
    else if (type === 'start' && this.#isStarted) this.#answer('started');
    else this.#child?.send(message);
    this.#isStarted ||= type === 'start';
  }

  deserialize(data: unknown): unknown {
    return data;
  }

  async start(): Promise<void> {
    this.#events.removeAllListeners();
    this.#runs += 1;
    if (this.#child) return;
    const child = fork(PROGRAM, [], { env: this.#env, stdio: 'ignore', serialization: 'advanced' });
    this.#child = child;
    this.#isStarted = false;
    this.#runs = 0;
    child.on('message', (message) => this.#events.emit('message', message));
    child.on('exit', (code, signal) => {
      if (this.#child !== child) return;
      this.#child = undefined;
      this.#events.emit('exit', code, signal);
    });
  }

  async stop(): Promise<void> {
    if (this.#runs >= MOST_RUNS) this.cool();
  }

  /** The next run has a new process. */
  cool(): void {
    const child = this.#child;
    this.#child = undefined;
    child?.kill('SIGKILL');
  }

  #answer(type: 'started' | 'stopped'): void {
    queueMicrotask(() => this.#events.emit('message', { type, __vitest_worker_response__: true }));
  }
}
