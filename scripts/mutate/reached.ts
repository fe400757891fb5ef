import { afterEach, beforeEach, inject, vi } from 'vitest';

/*
 * Runs in every test process of `make mutate`, and notes with each test which of the instrumented functions it reached;
 * what was reached before the first test counts for each.
 */

declare global {
  var moddyReached: Set<number> | undefined;
}
declare module 'vitest' {
  interface TaskMeta {
    reached?: number[];
  }
  interface ProvidedContext {
    testTimeoutMs: number;
  }
}

vi.setConfig({ testTimeout: inject('testTimeoutMs') });

globalThis.moddyReached = new Set();
let before: ReadonlySet<number> | undefined;
beforeEach(() => {
  before ??= globalThis.moddyReached ?? new Set();
  globalThis.moddyReached = new Set();
});
afterEach(({ task }) => {
  task.meta.reached = [...(before ?? []), ...(globalThis.moddyReached ?? [])];
});
