import { run } from '../system/run-program.ts';
import { caught, type Judged, type Verdict } from './mutant.ts';
import type { Tree, Trees } from './trees.ts';

/** Shared by the judges of documents and of code. */
export interface Judge {
  readonly trees: Trees;
  readonly postgresUrl: string;
  readonly seed: number;
  readonly workers: number;
  readonly onJudged: (judged: Judged) => void;
}

interface Asked {
  readonly api: string;
  readonly requests: number;
  /** By operationId; all of them where it is empty. */
  readonly operations: readonly string[];
}

/**
 * Lets the independent oracle send requests to the service of a copy.
 * @param passed the verdict where every answer is as documented
 */
export async function askOracle(
  tree: Tree,
  { api, requests, operations }: Asked,
  passed: Verdict,
  { postgresUrl, seed }: Judge,
): Promise<Verdict> {
  const only = operations.length > 0 ? [operations.join(',')] : [];
  const command = [process.execPath, tree.at('scripts/obeys.ts'), api, String(requests), String(seed), ...only];
  const { code, output } = await run(command, tree.folder, { POSTGRES_URL: postgresUrl });
  if (code === 0) return passed;
  return code === 3 ? caught('conformance', output) : { kind: 'missed', detail: `it does not start: ${output}` };
}
