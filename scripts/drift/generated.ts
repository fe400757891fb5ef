import { copyFileSync, existsSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { staleFiles } from '../compiler/stale.ts';
import { textOf } from '../system/repository.ts';
import { caught, type Judged, type Mutant } from './mutant.ts';
import { filesIn, type Tree } from './trees.ts';

export interface GeneratedMutant extends Mutant {
  readonly path: string;
  readonly apply: (tree: Tree) => void;
}

/** Every generated line changed, doubled and removed; every file missing; files that nobody generates. */
export function generatedMutants(): GeneratedMutant[] {
  const paths = filesIn('generated', /\.ts$/);
  const lines = paths.flatMap((path) => {
    const text = textOf(path).split('\n');
    const changed = (operator: string, index: number, by: readonly string[]): GeneratedMutant => ({
      operator,
      place: `${path}:${index + 1}`,
      path,
      apply: (tree) => tree.write(path, text.toSpliced(index, 1, ...by).join('\n')),
    });
    return text.flatMap((line, index) => [
      changed('a changed line of a generated file', index, [edited(line)]),
      changed('a line of a generated file less', index, []),
      changed('a line of a generated file twice', index, [line, line]),
    ]);
  });
  const missing = paths.map((path) => ({
    operator: 'a missing generated file',
    place: path,
    path,
    apply: (tree: Tree) => rmSync(tree.at(path)),
  }));
  const extra = [
    'generated/extra.ts',
    'generated/bot-internal/more.ts',
    'generated/old-internal/types.ts',
    'generated/bot-internal/package.json',
  ];
  return [
    ...lines,
    ...missing,
    ...extra.map((path) => ({
      operator: 'a generated file more',
      place: path,
      path,
      apply: (tree: Tree) => tree.write(path, 'export {};\n'),
    })),
  ];
}

const edited = (line: string): string => {
  const other = line.replace(/\w(?=\W*$)/, 'Q');
  return other === line ? `${line} ` : other;
};

/** The committed files stand for the compiler's output: `make check` proves that they are equal. */
export function judgeGenerated(
  mutants: readonly GeneratedMutant[],
  tree: Tree,
  onJudged: (judged: Judged) => void,
): void {
  const fresh = new Map(filesIn('generated', /\.ts$/).map((path) => [tree.at(path), textOf(path)]));
  for (const mutant of mutants) {
    const existed = existsSync(tree.at(mutant.path));
    const folder = tree.at('generated');
    if (existed) copyFileSync(tree.at(mutant.path), join(tree.folder, 'before'));
    mutant.apply(tree);
    const [stale] = staleFiles(fresh, folder);
    rmSync(tree.at(mutant.path), { force: true });
    if (existed) renameSync(join(tree.folder, 'before'), tree.at(mutant.path));
    onJudged({
      mutant,
      verdict:
        stale === undefined
          ? { kind: 'missed', detail: 'the stale check sees nothing' }
          : caught(`stale check: ${stale.why}`, stale.path),
    });
  }
}
