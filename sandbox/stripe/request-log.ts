import type { Changes } from './changes.ts';

const keep = 5_000;

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

/** The latest API requests, oldest first. */
export class RequestLog {
  readonly entries: LoggedRequest[] = [];
  readonly #changes: Changes;

  constructor(changes: Changes) {
    this.#changes = changes;
  }

  add(request: LoggedRequest): void {
    this.entries.push(request);
    if (this.entries.length > keep) this.entries.splice(0, this.entries.length - keep);
    this.#changes.tell({ kind: 'request', request });
  }

  clear(): void {
    this.entries.length = 0;
  }
}
