import type { Changes, LoggedRequest } from './changes.ts';

const keep = 5_000;

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
    this.#changes.emit({ kind: 'request', request });
  }

  clear(): void {
    this.entries.length = 0;
  }
}
