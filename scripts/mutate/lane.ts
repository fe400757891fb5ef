import { join } from 'node:path';
import { createVitest, type Reporter, type TestCase } from 'vitest/node';
import type { Asked, Ran } from './lane-process.ts';

/*
 * One warm vitest on a copy of the repository, in a process of its own: a mutation may never end. It reads what to run
 * from its parent, one request at a time, and stops at the first test that fails.
 */

const [folder = '', postgresUrl = ''] = process.argv.slice(2);

let ran: TestCase[] = [];
let stop = false;
const reporter: Reporter = {
  onTestCaseResult: (test) => {
    ran.push(test);
    if (!stop || test.result().state !== 'failed') return;
    // Not awaited: it waits for the end of the run, which waits for its reporters.
    vitest.cancelCurrentRun('test-failure').catch(() => {});
  },
};
const vitest = await createVitest('test', {
  root: folder,
  config: false,
  watch: false,
  include: ['**/*.test.ts'],
  setupFiles: [join(import.meta.dirname, 'reached.ts')],
  pool: 'forks',
  maxWorkers: 1,
  // As in vitest.config.ts: half of what a test file imports.
  server: { deps: { inline: [/drizzle-orm/] } },
  testTimeout: 10_000,
  hookTimeout: 60_000,
  reporters: [reporter],
  provide: { postgresUrl },
});
await vitest.standalone();

const detailOf = (test: TestCase) => test.result().errors?.[0]?.message ?? '';

async function run({ tests, stopAtFirst, changed }: Asked): Promise<Ran> {
  ran = [];
  stop = stopAtFirst;
  for (const path of changed) vitest.invalidateFile(join(folder, path));
  const project = vitest.getRootProject();
  const specifications = Object.entries(tests).map(([path, testIds]) =>
    project.createSpecification(join(folder, path), testIds.length > 0 ? { testIds: [...testIds] } : undefined),
  );
  const { unhandledErrors, testModules } = await vitest.runTestSpecifications(specifications);
  const broken = testModules.flatMap((module) => module.errors().map(({ message }) => message));
  vitest.state.filesMap.clear();
  vitest.state.clearErrors();
  return {
    tests: ran.map((test) => ({
      path: test.module.relativeModuleId,
      id: test.id,
      name: test.fullName,
      state: test.result().state,
      ms: test.diagnostic()?.duration ?? 0,
      reached: test.meta().reached ?? [],
      detail: detailOf(test),
    })),
    // A file that does not load, and what rejects outside any test.
    errors: [...broken, ...unhandledErrors.map((error) => (error instanceof Error ? error.message : String(error)))],
  };
}

process.on('message', (asked: Asked) => {
  run(asked).then(
    (answer) => process.send?.(answer),
    (error: unknown) => {
      console.error(error);
      process.exit(1);
    },
  );
});
// Without a parent nobody reads what it finds, and its tests would run on.
process.once('disconnect', () => process.exit());
process.send?.('ready');
