import { setTimeout as delay } from 'node:timers/promises';

export interface Fault {
  /** Which calls: both absent means every call. `path` matches the start of the path, `*` within a segment. */
  method?: string;
  path?: string;
  /** How many of them pass before the first is hit. */
  after?: number;
  /** How many calls are hit; without a number until the faults are cleared. */
  times?: number;
  /** Wait before anything else. */
  delayMs?: number;
  /**
   * `status`: answer with that error and do nothing, see `done` · `reset`: cut the connection and do nothing · `hang`: never answer ·
   * `lose`: do it, then cut the connection, so that the caller cannot know · `late`: do it, and answer when the faults are cleared ·
   * `slow`: only the delay.
   */
  effect: 'hang' | 'late' | 'lose' | 'reset' | 'slow' | 'status';
  status?: number;
  /** With a `status` from 500: the work is done all the same, which Stripe leaves open. */
  done?: boolean;
}

const hits = (fault: Fault, method: string, path: string): boolean => {
  if (fault.method !== undefined && fault.method.toUpperCase() !== method) return false;
  if (fault.path === undefined) return true;
  const pattern = fault.path.split('*').map((part) => part.replace(/[.+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${pattern.join('[^/]*')}`).test(path);
};

/** The active faults and their duration. The latest fault wins. */
export class Faults {
  readonly active: Fault[] = [];
  #release = new AbortController();

  /** Ends the calls that hang, which are cut off, and those that are late, which are answered. */
  readonly released = (): AbortSignal => this.#release.signal;

  add(fault: Fault): void {
    this.active.unshift({ ...fault });
  }

  clear(): void {
    this.active.length = 0;
    this.#release.abort();
    this.#release = new AbortController();
  }

  /** The fault that hits this call, counted, after its delay. */
  async next(method: string, path: string): Promise<Fault | undefined> {
    const fault = this.active.find((entry) => hits(entry, method, path));
    if (!fault) return undefined;
    if (fault.after) {
      fault.after -= 1;
      return undefined;
    }
    if (fault.times !== undefined) {
      fault.times -= 1;
      if (fault.times <= 0) this.active.splice(this.active.indexOf(fault), 1);
    }
    if (fault.delayMs) await delay(fault.delayMs, undefined, { signal: this.released() }).catch(() => undefined);
    return fault;
  }
}
