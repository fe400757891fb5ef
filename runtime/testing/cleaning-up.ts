/**
 * For `beforeAll`: ends, after the tests of the file or `describe`, all that `start` gave to `end`, the latest first.
 * `afterAll` cannot take it: Vitest ignores what is registered while hooks run.
 */
export function cleaningUp(start: (end: (cleanUp: () => Promise<void>) => void) => Promise<void>) {
  return async (): Promise<() => Promise<void>> => {
    const cleanUps: (() => Promise<void>)[] = [];
    await start((cleanUp) => void cleanUps.push(cleanUp));
    return async () => {
      for (const cleanUp of cleanUps.reverse()) await cleanUp();
    };
  };
}
