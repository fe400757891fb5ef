import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** In a fresh clone vitest knows file sizes only: the files that start whole systems are short and run the longest. */
class SystemsFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const isSystem = ({ moduleId }: TestSpecification) => /\/(scripts|\.railway)\/(?!compiler\/)/.test(moduleId);
    const sorted = await super.sort(files);
    return [...sorted.filter(isSystem), ...sorted.filter((file) => !isSystem(file))];
  }
}

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    // One real Postgres for the whole run; every test file makes its own database on it.
    // A setup file captures what services log in it, which is searched at the end, where the load is printed, too.
    globalSetup: ['sandbox/postgres-global.ts', 'scripts/logs/search-at-end.ts'],
    setupFiles: ['scripts/left-open.ts', 'scripts/logs/capture.ts'],
    pool: 'forks',
    // A process keeps what it has imported for the next file: importing took half of a file's time.
    isolate: false,
    // Node caches the compiled code of the test processes and of the programs that tests start: a start costs half as much.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules', '.cache', 'compiled') },
    maxWorkers: 2,
    sequence: { sequencer: SystemsFirst },
    // A machine with a load of 12 is ten times slower; a test that hangs is still named.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
