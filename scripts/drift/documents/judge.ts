import { basename, join } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { stringify } from 'yaml';
import { compile, type Output } from '../../compiler/compile.ts';
import { isArray, isObject, type Json, type JsonObject, objectOr, own } from '../../compiler/json.ts';
import { RejectedDocument } from '../../compiler/rejections.ts';
import { operationsOf, valueAt } from '../../conformance/document.ts';
import { emittedDifferences, emittedDocument } from '../../emitted/compare.ts';
import { isRuntimeStatus, statusFaults } from '../../statuses.ts';
import { documentOf, ROOT, textOf } from '../../system/repository.ts';
import { inParallel, run } from '../../system/run-program.ts';
import { caught, type Verdict } from '../mutant.ts';
import { askOracle, type Judge } from '../oracle.ts';
import type { Tree } from '../trees.ts';
import { typeErrors } from '../types.ts';
import type { DocumentMutant } from './mutants.ts';

/** How many copies one run of tsc checks. */
const BATCH = 6;
/** Requests that the independent oracle sends to each service that a changed document made. */
const REQUESTS = 250;
/** The files that implement a document, and those that call it. */
export const ROOTS: Readonly<Record<string, readonly string[]>> = {
  'bot-internal': ['bot/start.ts', 'backend/outbox/deliverer.ts', 'backend/health/check-health.ts'],
  'backend-internal': ['backend/start.ts', 'bot/events/event-sender.ts', 'bot/commands/commands.ts'],
};

interface Grown {
  readonly mutant: DocumentMutant;
  readonly tree: Tree;
  /** Types as before: only the generated code itself can have become wrong. */
  readonly sameTypes: boolean;
}

/**
 * Each mutant is regenerated, as a developer who edits the document would; that it must be regenerated at all is what the
 * stale check finds. Then every gate judges it, cheap ones first, and at last the oracle at the running service.
 */
export async function judgeDocuments(mutants: readonly DocumentMutant[], judge: Judge): Promise<void> {
  const batches: DocumentMutant[][] = [];
  for (const api of Object.keys(ROOTS)) {
    const mine = mutants.filter((mutant) => mutant.api === api);
    while (mine.length > 0) batches.push(mine.splice(0, BATCH * 2));
  }
  await inParallel(batches, judge.workers, (batch) => judgeBatch(batch, judge));
}

async function judgeBatch(batch: readonly DocumentMutant[], judge: Judge): Promise<void> {
  const grown: Grown[] = [];
  for (const mutant of batch) {
    const result = await regenerated(mutant, judge);
    if ('kind' in result) judge.onJudged({ mutant, verdict: result });
    else grown.push(result);
  }
  const owned = new Map(grown.map((one) => [one.tree.folder, rootsOf(one)]));
  const errors = await typeErrors(judge.trees.folder, owned);
  const linted = await redocly(grown, judge);
  for (const one of grown) {
    const error = errors.get(one.tree.folder);
    const lint = linted.get(one.tree.folder);
    const verdict =
      error !== undefined
        ? caught('types', error)
        : lint !== undefined
          ? caught('redocly', lint)
          : (neverAnswered(one.mutant.document, documentOf(one.mutant.api)) ?? (await obeyed(one, judge)));
    judge.onJudged({ mutant: one.mutant, verdict });
    judge.trees.fell(one.tree);
  }
}

const rootsOf = ({ mutant, tree, sameTypes }: Grown): string[] => [
  tree.at('generated', mutant.api, 'client.ts'),
  ...(sameTypes ? [] : (ROOTS[mutant.api] ?? []).map((path) => tree.at(path))),
];

async function regenerated(mutant: DocumentMutant, { trees }: Judge): Promise<Verdict | Grown> {
  const { api, document } = mutant;
  const before = committed(api);
  let output: Output;
  try {
    output = await compile(api, stringify(document));
  } catch (error) {
    if (error instanceof RejectedDocument) return caught('the compiler refuses', error.message);
    return { kind: 'missed', detail: `the compiler crashed: ${error}` };
  }
  const changed = [...output].filter(([name, text]) => before.get(name) !== text).map(([name]) => name);
  const sameTexts = showsSameTexts(document, documentOf(api));
  if (sameTexts && changed.every((name) => name === 'types.ts') && sameButComments(output, before)) {
    return { kind: 'equivalent', reason: 'prose: it has no meaning to a machine' };
  }
  if (sameTexts && changed.length === 0) return { kind: 'missed', detail: 'the stale check sees no difference' };
  const [fault] = statusFaults(document);
  if (fault !== undefined) return caught('statuses', `${fault.pointer}: ${fault.message}`);
  const tree = trees.plant();
  tree.write(`openapi/${api}.yaml`, stringify(document));
  for (const [name, text] of output) tree.write(`generated/${api}/${name}`, text);
  const emitted = emittedDocument(await import(tree.at('generated', api, 'routes.ts')));
  const [difference] = emittedDifferences(document, emitted);
  if (difference === undefined) return { mutant, tree, sameTypes: sameButComments(output, before) };
  trees.fell(tree);
  return caught('emitted document', difference);
}

const committed = (api: string): Output =>
  new Map(
    ['types.ts', 'schemas.ts', 'routes.ts', 'client.ts'].map((name) => [name, textOf(`generated/${api}/${name}`)]),
  );

const uncommented = (text = '') => text.replace(/\/\*\*[\s\S]*?\*\//g, '').replace(/\s+/g, ' ');
const sameButComments = (one: Output, other: Output) =>
  uncommented(one.get('types.ts')) === uncommented(other.get('types.ts'));

/** The first error in each copy's document. */
async function redocly(grown: readonly Grown[], { trees }: Judge): Promise<Map<string, string>> {
  const found = new Map<string, string>();
  if (grown.length === 0) return found;
  const files = grown.map(({ tree, mutant }) => tree.at('openapi', `${mutant.api}.yaml`));
  const config = join(ROOT, 'redocly.yaml');
  const command = ['redocly', 'lint', `--config=${config}`, '--format=github-actions', ...files];
  const { output } = await run(command, trees.folder);
  for (const line of output.split('\n').filter((one) => one.startsWith('::error'))) {
    const { tree } = grown.find((one) => line.includes(`${basename(one.tree.folder)}/`)) ?? {};
    if (tree !== undefined) found.set(tree.folder, line);
  }
  return found;
}

function obeyed({ mutant: { api, document }, tree }: Grown, judge: Judge): Promise<Verdict> {
  const operations = affectedOperations(documentOf(api), document);
  return askOracle(tree, { api, requests: REQUESTS, operations }, { kind: 'absorbed' }, judge);
}

/** The operations that a change of the document is about, by operationId; all of them where it is about the whole. */
function affectedOperations(before: JsonObject, after: JsonObject): string[] {
  const old = operationTexts(before);
  const changed = [...operationTexts(after)].filter(([key, text]) => old.get(key)?.text !== text.text);
  const all = [...operationTexts(after).values()];
  return (changed.length > 0 ? changed.map(([, one]) => one) : all).map(({ id }) => id);
}

function operationTexts(document: JsonObject): Map<string, { id: string; text: string }> {
  return new Map(
    operationsOf(document).map(({ id, pointer }) => {
      const whole = { security: own(document, 'security') ?? null, ...objectOr(valueAt(document, pointer)) };
      return [pointer, { id, text: JSON.stringify(expanded(whole, document, [])) }];
    }),
  );
}

/** With everything that is referred to written out. */
function expanded(value: Json, document: JsonObject, above: readonly string[]): Json {
  if (isArray(value)) return value.map((item) => expanded(item, document, above));
  if (!isObject(value)) return value;
  const ref = own(value, '$ref');
  if (typeof ref === 'string' && !above.includes(ref))
    return expanded(valueAt(document, ref.slice(1)) ?? null, document, [...above, ref]);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, expanded(inner, document, above)]));
}

/** Whether two documents show the same bodies of 401 and 403: the only examples with a meaning. */
const showsSameTexts = (one: JsonObject, other: JsonObject): boolean => isDeepStrictEqual(textsOf(one), textsOf(other));

const textsOf = (document: JsonObject) =>
  operationsOf(document).map(({ responses }) => [401, 403].map((status) => responses.get(status)?.examples));

/** The tests answer exactly the handlers' statuses of the document as it was: `make test` compares them. */
function neverAnswered(document: JsonObject, before: JsonObject): Verdict | undefined {
  const [answered, documented] = [statusesOf(before), statusesOf(document)];
  const idle = documented.find((status) => !answered.includes(status));
  if (idle !== undefined) return caught('answered statuses', `${idle} is never answered`);
  const unknown = answered.find((status) => !documented.includes(status));
  return unknown === undefined ? undefined : caught('answered statuses', `${unknown} is answered and not documented`);
}

const statusesOf = (document: JsonObject): string[] =>
  operationsOf(document).flatMap(({ id, responses }) =>
    [...responses.keys()].filter((status) => !isRuntimeStatus(status)).map((status) => `${id} ${status}`),
  );
