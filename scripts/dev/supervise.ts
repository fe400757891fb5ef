import { join } from 'node:path';
import type { RunState, Supervised } from '@moddy/sandbox/console/supervised';
import { type LogLine, type ServiceProcess, startService } from '../system/service-process.ts';

export interface SupervisedProcess extends Supervised {
  /**
   * Replaces the process by a fresh one as soon as that is loaded; does nothing while it is stopped.
   * Rejects when the fresh one does not load, and the old one goes on, or when it does not come up.
   */
  reload(): Promise<void>;
}

/** A process for `supervise`: it loads the service, logs `loaded`, and starts it at `begin()`. */
export const loadService = (
  service: 'bot' | 'backend',
  variables: Readonly<Record<string, string | undefined>>,
  onLine: (name: string, line: LogLine) => void,
): ServiceProcess =>
  startService(service, [join(import.meta.dirname, 'load-service.ts'), service], variables, onLine, 'pipe');

/**
 * A service's process that can be stopped, started again and replaced.
 * @param spawn starts a fresh process
 * @param upLine the message of its log that says it is up
 * @param onEnd called when the process ends though nobody asked it to
 */
export function supervise(
  spawn: () => ServiceProcess,
  upLine: string,
  onEnd: (code: number | null) => void = () => {},
): SupervisedProcess {
  const listeners = new Set<() => void>();
  let state: RunState = 'down';
  let running: ServiceProcess | undefined;
  /** Stopped on purpose: a reload must not start it. */
  let isStopped = true;
  /** One after the other: a start waits for a stop that is in progress. */
  let turn: Promise<unknown> = Promise.resolve();

  const become = (next: RunState) => {
    state = next;
    for (const listener of [...listeners]) listener();
  };
  const adopt = (fresh: ServiceProcess) => {
    running = fresh;
    void fresh.exited.then((code) => {
      if (running !== fresh) return;
      running = undefined;
      become('down');
      onEnd(code);
    });
  };
  const begin = async (fresh: ServiceProcess) => {
    const up = fresh.line(upLine);
    fresh.begin();
    await up;
    become('up');
  };
  const start = async () => {
    isStopped = false;
    if (running) return;
    become('starting');
    const fresh = spawn();
    adopt(fresh);
    await fresh.line('loaded');
    await begin(fresh);
  };
  const stop = async () => {
    isStopped = true;
    const ending = running;
    if (!ending) return;
    // From here on its end is no failure.
    running = undefined;
    become('stopping');
    await ending.kill('SIGTERM');
    become('down');
  };
  const reload = async () => {
    if (isStopped) return;
    if (!running) return start();
    const fresh = spawn();
    await fresh.line('loaded');
    const old = running;
    running = undefined;
    become('starting');
    // The fresh process resumes the work in progress, as after any kill.
    await old?.kill('SIGKILL');
    adopt(fresh);
    await begin(fresh);
  };
  const inTurn = (work: () => Promise<void>): Promise<void> => {
    const result = turn.then(work);
    turn = result.catch(() => {});
    return result;
  };
  return {
    get state() {
      return state;
    },
    start: () => inTurn(start),
    // A process that never comes up must be stoppable: its end ends the start.
    stop: () => (state === 'starting' && running ? stop() : inTurn(stop)),
    reload: () => inTurn(reload),
    onChange: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}
