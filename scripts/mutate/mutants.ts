import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import type { Mutant } from '../drift/mutant.ts';
import { filesIn } from '../drift/trees.ts';
import { functionsAround, instrumented } from './functions.ts';
import { Imports } from './nearest.ts';
import { DATABASE_OPERATORS, editsOf, parse } from './operators.ts';

const ROOT = join(import.meta.dirname, '..', '..');

/** The rooms in which a wrong line loses money, a message or a role, and the folders whose tests judge each beside its own. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  'backend/billing': [
    ...['backend/queue', 'backend/refunds'],
    ...['backend/site/checkout', 'backend/site/pages', 'backend/site/account'],
  ],
  'backend/refunds': ['backend/queue'],
  'backend/outbox': ['backend/queue'],
  'backend/queue': ['backend/outbox', 'backend/billing', 'backend/refunds', 'backend/reconciliation'],
  'backend/reconciliation': [],
  'backend/site/checkout': ['backend/site/account', 'backend/site/pages', 'backend/site/erasure'],
  'backend/site/erasure': ['backend/site/checkout'],
  'bot/discord': ['bot/operations'],
  'bot/events': ['bot/gateway'],
  'runtime/http': ['runtime/client'],
  'runtime/client': ['runtime/http'],
};

/** A source file as it is, and with functions that say when they are reached. */
export interface Source {
  readonly path: string;
  readonly text: string;
  readonly instrumented: string;
  /** The nearest test files. */
  readonly tests: readonly string[];
}

export interface CodeMutant extends Mutant {
  readonly source: Source;
  /** The line that is changed, and what it becomes. */
  readonly line: number;
  readonly before: string;
  readonly after: string;
  readonly text: string;
  /** Ids of the instrumented functions whose tests judge it; none: all tests of the file. */
  readonly functions: readonly number[];
}

export function codeMutants(): { readonly sources: readonly Source[]; readonly mutants: readonly CodeMutant[] } {
  const imports = new Imports(['runtime', 'bot', 'backend', 'sandbox', 'generated']);
  const sources: Source[] = [];
  const mutants: CodeMutant[] = [];
  let functionCount = 0;
  for (const [room, near] of Object.entries(ROOMS)) {
    for (const path of filesIn(room, /^(?!.*\.test\.ts$).*\.ts$/).filter((each) => dirname(each) === room)) {
      const text = readFileSync(join(ROOT, path), 'utf8');
      const file = parse(path, text);
      const { text: counted, functions } = instrumented(file, functionCount);
      const source = { path, text, instrumented: counted, tests: imports.nearestTests(path, [room, ...near]) };
      sources.push(source);
      for (const edit of editsOf(file)) {
        const changed =
          text.slice(0, edit.start) +
          edit.text +
          text.slice(edit.end) +
          missingImport(text, edit.text, text.slice(edit.start, edit.end));
        const line = file.getLineAndCharacterOfPosition(edit.start).line + 1;
        mutants.push({
          operator: edit.operator,
          place: `${path}:${line}`,
          source,
          line,
          before: shortened(text.slice(edit.start, edit.end)),
          after: shortened(edit.text),
          text: changed,
          functions: functionsAround(file, functions, edit).map((index) => functionCount + index),
        });
      }
      functionCount += functions.length;
    }
  }
  return { sources, mutants };
}

/** A text that does not parse is no mutation. */
export const isSyntax = ({ text }: CodeMutant): boolean =>
  ts.transpileModule(text, { reportDiagnostics: true, compilerOptions: { target: ts.ScriptTarget.ESNext } }).diagnostics
    ?.length === 0;

/** An operator of the database that the file does not import, from where it has the other: imports may also stand at the end. */
function missingImport(text: string, name: string, instead: string): string {
  if (!DATABASE_OPERATORS.has(name)) return '';
  const imports = [...text.matchAll(/^import \{([^}]*)\} from '([^']+)';/gm)].map(([, names = '', from = '']) => ({
    names: names.split(',').map((each) => each.trim()),
    from,
  }));
  if (imports.some(({ names }) => names.includes(name))) return '';
  const from = imports.find(({ names }) => names.includes(instead))?.from;
  return from === undefined ? '' : `import { ${name} } from '${from}';\n`;
}

const shortened = (text: string): string => text.replaceAll(/\s+/g, ' ').trim().slice(0, 120);
