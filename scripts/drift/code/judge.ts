import { readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { crossings } from '../../boundaries/crossings.ts';
import { caught, type Judged, type Verdict } from '../mutant.ts';
import { inParallel, run } from '../run.ts';
import type { Tree, Trees } from '../trees.ts';
import { typeErrors } from '../types.ts';
import type { CodeMutant } from './mutants.ts';

export interface CodeJudge {
  readonly trees: Trees;
  readonly postgresUrl: string;
  readonly seed: number;
  readonly workers: number;
  readonly onJudged: (judged: Judged) => void;
}

/** Enough that every answer of one operation is met, also the rare ones. */
const REQUESTS = 600;

/**
 * All mutants stand beside their originals in one copy, each under a name of its own: so one run of tsc, of the linter
 * and of the boundary check judges all of them. One that passes takes its original's place, and the oracle looks.
 */
export async function judgeCode(mutants: readonly CodeMutant[], judge: CodeJudge): Promise<void> {
  if (mutants.length === 0) return;
  const tree = judge.trees.plant();
  const variants = mutants.map((mutant, index) => {
    const path = mutant.path.replace(/\.ts$/, `.mutant${index}.ts`);
    tree.write(path, mutant.text);
    return { mutant, path };
  });
  const owned = new Map(variants.map(({ path }) => [tree.at(path), [tree.at(path)]]));
  const types = await typeErrors(judge.trees.folder, owned);
  const crossed = crossings(tree.folder);
  const lint = await run(
    ['biome', 'lint', '--max-diagnostics=none', '--colors=off', '--vcs-enabled=false', 'bot', 'backend'],
    tree.folder,
  );
  const survivors: CodeMutant[] = [];
  for (const { mutant, path } of variants) {
    const error = types.get(tree.at(path));
    const crossing = crossed.find(({ place }) => place.startsWith(`${path}:`));
    const at = lint.output.indexOf(`${basename(path)}:`);
    if (error !== undefined) judge.onJudged({ mutant, verdict: caught('types', error) });
    else if (crossing) judge.onJudged({ mutant, verdict: caught('boundaries', crossing.message) });
    else if (at >= 0) judge.onJudged({ mutant, verdict: caught('lint', lint.output.slice(at, at + 200)) });
    else survivors.push(mutant);
  }
  judge.trees.fell(tree);
  await inParallel(survivors, judge.workers, async (mutant) => {
    const copy = judge.trees.plant();
    copy.write(mutant.path, mutant.text);
    judge.onJudged({ mutant, verdict: await obeyed(copy, mutant, judge) });
    judge.trees.fell(copy);
  });
}

async function obeyed(tree: Tree, { path }: CodeMutant, { postgresUrl, seed }: CodeJudge): Promise<Verdict> {
  const api = path.startsWith('bot/') ? 'bot-internal' : 'backend-internal';
  const command = [
    process.execPath,
    tree.at('scripts/obeys.ts'),
    api,
    String(REQUESTS),
    String(seed),
    ...operationOf(tree, path),
  ];
  const { code, output } = await run(command, tree.folder, { POSTGRES_URL: postgresUrl });
  if (code === 3) return caught('conformance', output);
  return { kind: 'missed', detail: code === 0 ? 'every gate passed' : `it does not start: ${output}` };
}

/** The operation that a handler's file is named after. */
function operationOf(tree: Tree, path: string): string[] {
  const id = basename(path, '.ts').replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  const documents = ['bot-internal', 'backend-internal'].map((api) =>
    readFileSync(tree.at('openapi', `${api}.yaml`), 'utf8'),
  );
  return documents.some((text) => text.includes(`operationId: ${id}\n`)) ? [id] : [];
}
