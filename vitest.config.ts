import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['**/*.test.ts'],
    // One real Postgres for the whole run; every test file makes its own database on it.
    // And what services log in it is captured by the setup file, and searched at the end; then the load is printed.
    globalSetup: ['sandbox/postgres-global.ts', 'scripts/logs/search-at-end.ts', 'scripts/load-at-end.ts'],
    setupFiles: ['scripts/logs/capture.ts'],
    pool: 'forks',
    // A process keeps what it has imported for the next file: importing took half of a file's time.
    isolate: false,
    // Node caches the compiled code of the test processes and of the programs that tests start: a start costs half as much.
    env: { NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules', '.cache', 'compiled') },
    maxWorkers: 2,
    // A machine with a load of 12 is ten times slower; a test that hangs is still named.
    testTimeout: 180_000,
    hookTimeout: 180_000,
  },
});
