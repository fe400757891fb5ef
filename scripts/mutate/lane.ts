import { join } from 'node:path';
import { createVitest, type Reporter, type TestCase } from 'vitest/node';
import type { Asked, Ran } from './lane-process.ts';
import { WarmWorker } from './warm-worker.ts';

/*
 * One warm vitest on a copy of the repository, in a process of its own: a mutation may never end. It reads what to run
 * from its parent, one request at a time, and stops at the first test that fails.
 */

const [folder = '', postgresUrl = ''] = process.argv.slice(2);

let ran: TestCase[] = [];
let worker: WarmWorker | undefined;
const reporter: Reporter = { onTestCaseResult: (test) => void ran.push(test) };
const vitest = await createVitest('test', {
  root: folder,
  config: false,
  watch: false,
  include: ['**/*.test.ts'],
  setupFiles: [join(import.meta.dirname, 'reached.ts')],
  pool: {
    name: 'warm',
    createPoolWorker: ({ env }) => {
      worker ??= new WarmWorker(env);
      return worker;
    },
  },
  isolate: false,
  // A process that outlives a run would read from it what was mutated before.
  fsModuleCache: false,
  maxWorkers: 1,
  hookTimeout: 60_000,
  reporters: [reporter],
  provide: { postgresUrl },
});
await vitest.standalone();

/** The message of an error from the test process, which lost its prototype on the way. */
const messageOf = (error: unknown): string =>
  typeof error === 'object' && error !== null && 'message' in error
    ? String(error.message)
    : 'an error outside any test';
const detailOf = (test: TestCase) => test.result().errors?.[0]?.message ?? '';

async function run({ tests, stopAtFirst, changed, testTimeoutMs, inNewProcess }: Asked): Promise<Ran> {
  ran = [];
  if (inNewProcess) worker?.cool();
  const changedFiles = changed.map((path) => join(folder, path));
  for (const file of changedFiles) vitest.invalidateFile(file);
  const project = vitest.getRootProject();
  project.provide('changedFiles', changedFiles);
  project.provide('testTimeoutMs', testTimeoutMs);
  project.provide('stopAtFirst', stopAtFirst);
  const specifications = Object.entries(tests).map(([path, testIds]) =>
    project.createSpecification(join(folder, path), testIds.length > 0 ? { testIds: [...testIds] } : undefined),
  );
  const { unhandledErrors, testModules } = await vitest.runTestSpecifications(specifications);
  const broken = testModules
    .flatMap((module) => [module, ...module.children.allSuites()])
    .flatMap((each) => each.errors().map(({ message }) => message));
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
    // A file that does not load, a hook that fails, and what rejects outside any test.
    errors: [...broken, ...unhandledErrors.map(messageOf)],
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
