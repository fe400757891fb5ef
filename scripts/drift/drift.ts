import { availableParallelism } from 'node:os';
import { sampleOf } from '../system/random.ts';
import { documentOf } from '../system/repository.ts';
import { judgeCode } from './code/judge.ts';
import { codeMutants } from './code/mutants.ts';
import { judgeDocuments, ROOTS } from './documents/judge.ts';
import { documentMutants, idleOperators } from './documents/mutants.ts';
import { OPENED } from './documents/operators.ts';
import { generatedMutants, judgeGenerated } from './generated.ts';
import type { Judged, Mutant } from './mutant.ts';
import { judgeReleased, releasedMutants } from './released.ts';
import { Tally } from './tally.ts';
import { Trees } from './trees.ts';
import { typeErrors } from './types.ts';

export interface DriftOptions {
  /** How many mutations of each family at most. */
  readonly documents: number;
  readonly code: number;
  readonly generated: number;
  readonly released: number;
  readonly seed: number;
  readonly postgresUrl: string;
  /** Only operators whose name holds this word. */
  readonly only?: string;
  readonly onJudged?: (judged: Judged) => void;
}

const APIS = Object.keys(ROOTS);

/** Judges a sample of every family, cheap ones first. */
export async function drift(options: DriftOptions): Promise<Tally> {
  const { seed, postgresUrl, only = '' } = options;
  const trees = new Trees();
  const tally = new Tally();
  const onJudged = (judged: Judged) => {
    tally.add(judged);
    options.onJudged?.(judged);
  };
  const judge = { trees, postgresUrl, seed, workers: Math.max(1, Math.min(4, availableParallelism())), onJudged };
  const chosen = <Kind extends Mutant>(mutants: readonly Kind[], count: number) =>
    sampleOf(
      mutants.filter(({ operator }) => operator.includes(only)),
      count,
      seed,
    );
  try {
    await rejectBrokenTree(trees);
    judgeGenerated(chosen(generatedMutants(), options.generated), trees.plant(), onJudged);
    const changed = APIS.flatMap((api) => documentMutants(api, documentOf(api)));
    const idle = idleOperators(changed);
    if (idle.length > 0) throw new Error(`These operators change nothing: ${idle.join(', ')}`);
    judgeReleased(chosen(releasedMutants(changed), options.released), onJudged);
    await judgeCode(chosen(codeMutants(), options.code), judge);
    // Regenerated and obeyed, an opened operation is the contract: see the released ones.
    const inItself = changed.filter(({ operator }) => operator !== OPENED);
    await judgeDocuments(chosen(inItself, options.documents), judge);
    return tally;
  } finally {
    trees.clear();
  }
}

/** Every mutant would count as caught if the tree itself did not compile. */
async function rejectBrokenTree(trees: Trees): Promise<void> {
  const tree = trees.plant();
  const roots = Object.values(ROOTS).flat();
  const [error] = await typeErrors(trees.folder, new Map([[tree.folder, roots.map((path) => tree.at(path))]]));
  if (error !== undefined) throw new Error(`The tree does not pass make check: ${error.join(': ')}`);
  trees.fell(tree);
}
