import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Trees } from '../drift/trees.ts';
import { Lane } from './lane-process.ts';

const SOURCE = 'runtime/counter.ts';
const TEST = 'runtime/counter.test.ts';
const counting = (by: number) => `let count = 0; export const next = () => (count += ${by});`;

describe('one process for many mutations', { timeout: 300_000 }, () => {
  const trees = new Trees();
  let lane: Lane;
  beforeAll(async () => {
    lane = await Lane.open(trees.plant());
    lane.write(
      TEST,
      `import { expect, it } from 'vitest';
       import { next } from './counter.ts';
       it.each([1, 2, 3])('%i comes next', (number) => expect(next()).toBe(number));`,
    );
  }, 300_000);
  afterAll(async () => {
    await lane.close();
    trees.clear();
  });
  const run = async (by: number, inNewProcess: boolean) => {
    lane.write(SOURCE, counting(by));
    const ran = await lane.run(
      { tests: { [TEST]: [] }, stopAtFirst: true, testTimeoutMs: 60_000, inNewProcess },
      300_000,
    );
    const states = ran?.tests.map(({ state }) => state).filter((state) => state === 'passed' || state === 'failed');
    return { states, errors: ran?.errors };
  };
  const passed = { states: ['passed', 'passed', 'passed'], errors: [] };
  const failed = { states: ['failed'], errors: [] };

  it('runs the latest files, keeps no state between runs and stops at the first failing test', async () => {
    for (const inNewProcess of [false, false, true, true, false]) {
      expect([inNewProcess, await run(1, inNewProcess)]).toEqual([inNewProcess, passed]);
      expect([inNewProcess, await run(2, inNewProcess)]).toEqual([inNewProcess, failed]);
      expect([inNewProcess, await run(2, false)]).toEqual([inNewProcess, failed]);
      expect([inNewProcess, await run(1, false)]).toEqual([inNewProcess, passed]);
    }
  });

  it('reports a file that does not load, and a hook that fails', async () => {
    lane.write(SOURCE, 'throw new Error("does not load");');
    const asked = { stopAtFirst: true, testTimeoutMs: 60_000, inNewProcess: false };
    expect((await lane.run({ tests: { [TEST]: [] }, ...asked }, 300_000))?.errors).toEqual(['does not load']);
    const hooks = 'runtime/hooks.test.ts';
    lane.write(
      hooks,
      `import { beforeAll, describe, it } from 'vitest';
       describe('a suite', () => {
         beforeAll(() => { throw new Error('no database'); });
         it('is never run', () => {});
       });`,
    );
    expect((await lane.run({ tests: { [hooks]: [] }, ...asked }, 300_000))?.errors).toEqual(['no database']);
  });
});
