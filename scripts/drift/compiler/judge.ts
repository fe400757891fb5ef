import { readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { caught, type Judged } from '../mutant.ts';
import { run } from '../run.ts';
import type { Tree, Trees } from '../trees.ts';
import { typeErrors } from '../types.ts';
import { equivalence } from './equivalent.ts';
import type { CompilerMutant } from './mutants.ts';

export interface CompilerJudge {
  readonly trees: Trees;
  readonly workers: number;
  readonly onJudged: (judged: Judged) => void;
}

const BATCH = 24;
/** The compiler's own gates: golden files, the keyword table, rejections, the differential test, the emitted document. */
const TESTS = [
  'scripts/compiler/*.test.ts',
  'scripts/emitted/*.test.ts',
  'scripts/statuses.test.ts',
  'runtime/schema.test.ts',
];

/** Each mutant has a copy; one vitest runs the tests of many, so that what they share is loaded once. */
export async function judgeCompiler(mutants: readonly CompilerMutant[], judge: CompilerJudge): Promise<void> {
  const queue = [...mutants];
  const worker = async () => {
    for (let batch = queue.splice(0, BATCH); batch.length > 0; batch = queue.splice(0, BATCH))
      await judgeBatch(batch, judge);
  };
  await Promise.all(Array.from({ length: judge.workers }, worker));
}

async function judgeBatch(batch: readonly CompilerMutant[], { trees, onJudged }: CompilerJudge): Promise<void> {
  const planted = batch.map((mutant) => {
    const tree = trees.plant();
    tree.write(mutant.path, mutant.text);
    return { mutant, tree };
  });
  const failures = await failedTests(
    trees,
    planted.map(({ tree }) => tree),
  );
  const survivors = planted.filter(({ tree }) => !failures.has(basename(tree.folder)));
  const owned = new Map(survivors.map(({ mutant, tree }) => [tree.folder, [tree.at(mutant.path)]]));
  for (const [folder, error] of owned.size > 0 ? await typeErrors(trees.folder, owned) : [])
    failures.set(basename(folder), `types ${error}`);
  for (const { mutant, tree } of planted) {
    const failure = failures.get(basename(tree.folder));
    const reason = failure === undefined ? equivalence(mutant) : undefined;
    onJudged({
      mutant,
      verdict:
        failure !== undefined
          ? caught(`${failure.split(' ', 1)[0]}`, failure)
          : reason !== undefined
            ? { kind: 'equivalent', reason }
            : { kind: 'missed', detail: `no test of the compiler fails without: ${mutant.source}` },
    });
    trees.fell(tree);
  }
}

interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message: string;
    readonly assertionResults: readonly { readonly status: string; readonly fullName: string }[];
  }[];
}

/** One failed test decides about a copy: the rest of its tests is passed over. */
const PASS_OVER = `import { beforeEach } from 'vitest';
const failed = (globalThis.failedCopies ??= new Set());
beforeEach((context) => {
  const copy = /\\/(tree\\d+)\\//.exec(context.task.file.filepath)?.[1];
  if (failed.has(copy)) context.skip();
  context.onTestFailed(() => void failed.add(copy));
});
`;

/** By the name of the copy: the first test that failed in it. */
async function failedTests(trees: Trees, planted: readonly Tree[]): Promise<Map<string, string>> {
  const stamp = process.hrtime.bigint();
  const config = join(trees.folder, `vitest.${stamp}.config.mjs`);
  const report = join(trees.folder, `report.${stamp}.json`);
  const passOver = join(trees.folder, `pass-over.${stamp}.mjs`);
  writeFileSync(passOver, PASS_OVER);
  const include = planted.flatMap(({ folder }) => TESTS.map((test) => `${basename(folder)}/${test}`));
  const options = {
    root: trees.folder,
    include,
    setupFiles: [passOver],
    pool: 'threads',
    isolate: false,
    fileParallelism: false,
    testTimeout: 60_000,
    bail: 0,
    // Copies are read as they are: transforming each would cost more than its tests.
    experimental: { viteModuleRunner: false },
  };
  writeFileSync(config, `export default { test: ${JSON.stringify(options)} };\n`);
  const command = ['vitest', 'run', `--config=${config}`, '--reporter=json', `--outputFile=${report}`];
  const { output } = await run(command, trees.folder, {
    FUZZ_RUNS: '12',
    FUZZ_SEED: '7',
    VITE_CONFIG_NATIVE_IGNORE_WARNING: 'true',
  });
  const failures = new Map<string, string>();
  let read: Report;
  try {
    read = JSON.parse(readFileSync(report, 'utf8')) as Report;
  } catch {
    throw new Error(`vitest: ${output.slice(-2_000)}`);
  }
  if (read.testResults.length < planted.length)
    throw new Error(`vitest ran ${read.testResults.length} files: ${output.slice(-2_000)}`);
  for (const { name, status, message, assertionResults } of read.testResults) {
    const tree = name.slice(trees.folder.length + 1).split('/', 1)[0] ?? '';
    if (status === 'passed' || failures.has(tree)) continue;
    const test = assertionResults.find((one) => one.status === 'failed')?.fullName ?? message.split('\n', 1)[0];
    failures.set(tree, `${basename(name)} ${test}`);
  }
  return failures;
}
