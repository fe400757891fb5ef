import type { RunState, Supervised } from '@moddy/sandbox/console/supervised';
import type { ServiceProcess } from '../system/service-process.ts';

export interface SupervisedProcess extends Supervised {
  /** Resolves with the exit code when the process ends though nobody asked it to. */
  readonly failed: Promise<number | null>;
}

/**
 * A service's process that can be stopped and started again.
 * @param spawn starts a fresh process
 * @param upLine the message of its log that says it is up
 */
export function supervise(spawn: () => ServiceProcess, upLine: string): SupervisedProcess {
  const listeners = new Set<() => void>();
  const failure = Promise.withResolvers<number | null>();
  let state: RunState = 'down';
  let running: ServiceProcess | undefined;
  /** One after the other: a start waits for a stop that is under way. */
  let turn: Promise<unknown> = Promise.resolve();

  const become = (next: RunState) => {
    state = next;
    for (const listener of [...listeners]) listener();
  };
  const start = async () => {
    if (running) return;
    become('starting');
    const fresh = spawn();
    running = fresh;
    void fresh.exited.then((code) => {
      if (running !== fresh) return;
      running = undefined;
      become('down');
      failure.resolve(code);
    });
    await fresh.line(upLine);
    become('up');
  };
  const stop = async () => {
    const ending = running;
    if (!ending) return;
    // From here on its end is no failure.
    running = undefined;
    become('stopping');
    await ending.kill('SIGTERM');
    become('down');
  };
  const inTurn = (run: () => Promise<void>): Promise<void> => {
    const result = turn.then(run);
    turn = result.catch(() => {});
    return result;
  };
  return {
    get state() {
      return state;
    },
    failed: failure.promise,
    start: () => inTurn(start),
    // A process that never comes up must be stoppable: its end ends the start.
    stop: () => (state === 'starting' ? stop() : inTurn(stop)),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
