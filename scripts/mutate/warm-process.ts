import type { ProvidedContext } from 'vitest';
import { init, runBaseTests, setupEnvironment } from 'vitest/worker';

/*
 * The test process of `warm-worker.ts`. Every run evaluates all modules of the repository anew and reads those that were
 * written since; packages stay.
 */

declare module 'vitest' {
  interface ProvidedContext {
    changedFiles: readonly string[];
    stopAtFirst: boolean;
  }
}

type State = Parameters<typeof runBaseTests>[1];
type Traces = Parameters<typeof runBaseTests>[2];

// Tests may replace them.
const send = process.send?.bind(process);
const [on, off] = [process.on.bind(process), process.off.bind(process)];
const exit = process.exit.bind(process);
let modules: State['evaluatedModules'] | undefined;

function forget(changedFiles: readonly string[]): void {
  for (const module of modules?.idToModuleMap.values() ?? []) {
    if (module.file.includes('/node_modules/')) continue;
    if (changedFiles.includes(module.file)) modules?.invalidateModule(module);
    module.promise = undefined;
    module.exports = undefined;
    module.evaluated = false;
    module.importers.clear();
  }
}

const runTests = async (state: State, traces: Traces): Promise<void> => {
  const { changedFiles, stopAtFirst } = state.providedContext as ProvidedContext;
  forget(changedFiles);
  state.config.bail = Number(stopAtFirst);
  try {
    await runBaseTests('run', state, traces);
  } finally {
    modules = state.evaluatedModules;
  }
};

process.once('disconnect', () => exit());
init({
  post: (message) => send?.(message),
  on: (callback) => on('message', callback),
  off: (callback) => off('message', callback),
  runTests,
  collectTests: runTests,
  setup: setupEnvironment,
});
