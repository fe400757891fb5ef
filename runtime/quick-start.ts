import { enableCompileCache, registerHooks } from 'node:module';
import { fileURLToPath } from 'node:url';

/** Where compiled code is kept from one start to the next; what cannot be written there is compiled again. */
const CACHE = fileURLToPath(new URL('../node_modules/.cache/compiled', import.meta.url));

/**
 * Makes imports that follow faster: half the processor time of the backend's start, a quarter of the bot's. What a
 * module imports statically is found before its first line runs, so call this, then `import()` the rest.
 *
 * @param manyModules packages of ES modules whose files name each other in full. For each module Node asks the
 *   package's manifest whether it is CommonJS, and parses all of it again, which takes long where both are large.
 */
export function startQuickly(manyModules: readonly string[] = []): void {
  // Answers, and does not throw, where the folder cannot be written.
  enableCompileCache(CACHE);
  if (manyModules.length === 0) return;
  const within = new RegExp(`/node_modules/(?:${manyModules.join('|')})/.*\\.js$`);
  registerHooks({
    resolve: (specifier, context, next) => {
      const { parentURL } = context;
      return parentURL !== undefined && specifier.startsWith('.') && within.test(parentURL)
        ? { url: new URL(specifier, parentURL).href, format: 'module', shortCircuit: true }
        : next(specifier, context);
    },
  });
}
