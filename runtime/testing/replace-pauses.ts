import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';
import { afterAll, beforeAll } from 'vitest';

/**
 * In the tests of one file `setTimeout` of `node:timers/promises` is `pause`. `vi.mock` would replace it only in modules
 * that no test file before has loaded: files share a process.
 */
export function replacePauses(
  pause: (ms: number, value?: unknown, options?: { signal?: AbortSignal }) => Promise<void>,
) {
  const real = timers.setTimeout;
  const set = (to: unknown) => {
    Object.assign(timers, { setTimeout: to });
    syncBuiltinESMExports();
  };
  beforeAll(() => set(pause));
  afterAll(() => set(real));
}
