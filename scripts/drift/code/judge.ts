import { basename } from 'node:path';
import { crossings } from '../../boundaries/crossings.ts';
import { documentTexts } from '../../system/repository.ts';
import { inParallel, run } from '../../system/run-program.ts';
import { caught } from '../mutant.ts';
import { askOracle, type Judge } from '../oracle.ts';
import { typeErrors } from '../types.ts';
import type { CodeMutant } from './mutants.ts';

/** Enough that every answer of one operation is met, also the rare ones. */
const REQUESTS = 600;

/**
 * All mutants stand beside their originals in one copy, each under a name of its own: so one run of tsc, of the linter
 * and of the boundary check judges all of them. One that passes takes its original's place, and the oracle looks.
 */
export async function judgeCode(mutants: readonly CodeMutant[], judge: Judge): Promise<void> {
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
    const api = mutant.path.startsWith('bot/') ? 'bot-internal' : 'backend-internal';
    const asked = { api, requests: REQUESTS, operations: operationOf(mutant.path) };
    const passed = { kind: 'missed', detail: 'every gate passed' } as const;
    judge.onJudged({ mutant, verdict: await askOracle(copy, asked, passed, judge) });
    judge.trees.fell(copy);
  });
}

/** The operation that a handler's file is named after. */
function operationOf(path: string): string[] {
  const id = basename(path, '.ts').replace(/-([a-z])/g, (_, letter: string) => letter.toUpperCase());
  return [...documentTexts().values()].some((text) => text.includes(`operationId: ${id}\n`)) ? [id] : [];
}
