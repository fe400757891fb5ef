import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Mutant } from '../mutant.ts';
import { filesIn } from '../trees.ts';
import { changes } from './operators.ts';

export interface CompilerMutant extends Mutant {
  readonly path: string;
  readonly text: string;
  /** The node that was changed, for the list of equivalents: lines move. */
  readonly source: string;
}

const ROOT = join(import.meta.dirname, '..', '..', '..');
/** What emits or decides by itself; the rest of runtime/ is judged by the oracle and by its own tests. */
const FILES = [
  ...filesIn('scripts/compiler', /^(?:emit|read|verify)-(?!.*\.test).*\.ts$/),
  ...['apart', 'forms', 'component-reader', 'walk', 'path-template'].map((name) => `scripts/compiler/${name}.ts`),
  'scripts/statuses.ts',
  'runtime/schema.ts',
];

export const compilerMutants = (): CompilerMutant[] =>
  FILES.flatMap((path) =>
    changes(path, readFileSync(join(ROOT, path), 'utf8')).map(({ operator, line, source, text }) => ({
      operator,
      place: `${path}:${line}`,
      path,
      text,
      source,
    })),
  );
