import type { Delivery } from './delivery.ts';
import type { RecordedEvent } from './ledger.ts';

export interface LoggedRequest {
  id: string;
  at: number;
  method: string;
  path: string;
  params: unknown;
  idempotencyKey: string | null;
  /** 0: the answer was withheld (connection cut or left hanging). */
  status: number;
  replayed: boolean;
}

export type Change =
  | { kind: 'clock'; nowMs: number }
  | { kind: 'delivery'; delivery: Delivery }
  | { kind: 'event'; event: RecordedEvent }
  | { kind: 'request'; request: LoggedRequest };

type Listener = (change: Change) => void;

/** Notifies listeners of what just happened, so that tests need not poll. */
export class Changes {
  readonly #listeners = new Set<Listener>();

  emit(change: Change): void {
    for (const listener of [...this.#listeners]) listener(change);
  }

  /** Answers the function that stops listening. */
  on(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** Resolves with the first truthy answer of `check`, asked now and after every change. */
  until<T>(check: () => T, { signal }: { signal?: AbortSignal } = {}): Promise<NonNullable<T>> {
    return new Promise((resolve, reject) => {
      const stop = () => {
        off();
        signal?.removeEventListener('abort', onAbort);
      };
      const onAbort = () => {
        stop();
        reject(signal?.reason);
      };
      const recheck = () => {
        const answer = check();
        if (!answer) return;
        stop();
        resolve(answer);
      };
      const off = this.on(recheck);
      signal?.addEventListener('abort', onAbort);
      if (signal?.aborted) onAbort();
      else recheck();
    });
  }
}
