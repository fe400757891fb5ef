import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import ts from 'typescript';
import { specifierOf, targetOf } from '../boundaries/imports.ts';
import { filesIn } from '../drift/trees.ts';
import { parse } from './operators.ts';

const ROOT = join(import.meta.dirname, '..', '..');
const TEST = /\.test\.ts$/;

/** The importers of each module at run time, by path. */
export class Imports {
  readonly #importers = new Map<string, string[]>();

  constructor(folders: readonly string[]) {
    for (const path of folders.flatMap((folder) => filesIn(folder, /\.ts$/))) {
      for (const imported of importsOf(path)) {
        this.#importers.set(imported, [...(this.#importers.get(imported) ?? []), path]);
      }
    }
  }

  /** The test files of some folders that reach a source file, its own folder's first, then by the number of imports between. */
  nearestTests(path: string, folders: readonly string[]): string[] {
    const steps = new Map([[path, 0]]);
    for (const [at, distance] of steps) {
      for (const importer of this.#importers.get(at) ?? []) if (!steps.has(importer)) steps.set(importer, distance + 1);
    }
    const rank = (test: string) => (dirname(test) === dirname(path) ? 0 : (steps.get(test) ?? 0));
    return [...steps.keys()]
      .filter((reached) => TEST.test(reached) && folders.includes(dirname(reached)))
      .sort((a, b) => rank(a) - rank(b) || a.localeCompare(b));
  }
}

function importsOf(path: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    const isTypeOnly = ts.isImportDeclaration(node) && node.importClause?.isTypeOnly;
    const specifier = isTypeOnly ? undefined : specifierOf(node);
    const target = specifier && targetOf(specifier.text, join(ROOT, path), ROOT);
    if (target?.path !== undefined && existsSync(join(ROOT, target.path))) found.push(target.path);
    ts.forEachChild(node, visit);
  };
  visit(parse(path, readFileSync(join(ROOT, path), 'utf8')));
  return found;
}
