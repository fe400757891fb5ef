import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { inParallel } from '../drift/run.ts';
import { sampleOf } from '../drift/sample.ts';
import { filesIn, Trees } from '../drift/trees.ts';
import { typeErrors } from '../drift/types.ts';
import { ACCEPTED } from './accepted.ts';
import { Lane, type RanTest } from './lane-process.ts';
import { type CodeMutant, codeMutants, isSyntax, type Source } from './mutants.ts';

export type Verdict =
  | { readonly kind: 'noticed'; readonly by: string }
  | { readonly kind: 'survived' }
  | { readonly kind: 'accepted'; readonly reason: string };

export interface MutateOptions {
  /** How many mutations at most, of each operator as many; all without. */
  readonly count?: number | undefined;
  readonly seed: number;
  /** Only those whose place, `<path>:<line>`, or operator holds this word. */
  readonly only: string;
  readonly lanes: number;
  /** Takes no more mutations; those in hand are judged. */
  readonly signal: AbortSignal;
  /** What fails by itself, and judges nothing. */
  readonly onBaseline: (failed: readonly string[]) => void;
  /** No test fails; whether the compiler does is asked at the end. */
  readonly onUnnoticed: (mutant: CodeMutant) => void;
  readonly onJudged: (mutant: CodeMutant, verdict: Verdict) => void;
}

const ROOT = join(import.meta.dirname, '..', '..');
const CACHE = join(ROOT, 'node_modules', '.cache', 'mutate.json');
/** What the tests import, beside packages. */
const WORKSPACES = ['generated', 'runtime', 'bot', 'backend', 'sandbox'];
const SOURCE = /^(?!.*\.test\.ts$).*\.ts$/;
const FILE_DEADLINE_MS = 10 * 60_000;

/**
 * Judges mutations by the nearest tests that reach the changed function, and by the compiler what no test notices.
 * A mutation that was judged before with the same source and tests is not judged again.
 */
export async function mutate(options: MutateOptions): Promise<void> {
  const { sources, mutants } = codeMutants();
  const matching = mutants.filter(({ place, operator }) => place.includes(options.only) || operator === options.only);
  const { count = matching.length, seed } = options;
  const chosen = sampleOf(matching, count, seed).filter(isSyntax);
  const cache = new Cache();
  const judged = (mutant: CodeMutant, by: string | null) => {
    cache.set(mutant, by);
    options.onJudged(mutant, verdictOf(mutant, by));
  };
  const open: CodeMutant[] = [];
  for (const mutant of chosen) {
    const known = cache.get(mutant);
    if (known === undefined) open.push(mutant);
    else options.onJudged(mutant, verdictOf(mutant, known));
  }
  if (open.length === 0) return;
  const trees = new Trees();
  const lanes: Lane[] = [];
  const free = (): Lane => {
    const lane = lanes.shift();
    if (lane === undefined) throw new Error('More work at once than lanes');
    return lane;
  };
  const inLanes = <Item>(items: readonly Item[], work: (lane: Lane, item: Item) => Promise<void>) =>
    inParallel(items, options.lanes, async (item) => {
      const lane = free();
      try {
        await work(lane, item);
      } finally {
        lanes.push(lane);
      }
    });
  try {
    for (let count = 0; count < options.lanes; count += 1) lanes.push(await Lane.open(trees.plant()));
    const tests = await baseline(inLanes, lanes, { sources, mutants: open, cache, signal: options.signal });
    options.onBaseline(tests.failed);
    const survivors: CodeMutant[] = [];
    await inLanes(open, async (lane, mutant) => {
      if (options.signal.aborted) return;
      const by = await noticedBy(lane, mutant, tests.passing);
      if (by !== undefined) return judged(mutant, by);
      survivors.push(mutant);
      options.onUnnoticed(mutant);
    });
    const types = await typeErrorsOf(survivors, trees);
    for (const mutant of survivors) judged(mutant, types.has(mutant) ? 'types' : null);
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
    trees.clear();
    cache.save();
  }
}

const verdictOf = (mutant: CodeMutant, by: string | null): Verdict => {
  if (by !== null) return { kind: 'noticed', by };
  const accepted = ACCEPTED.find(
    ({ path, operator, before, after }) =>
      path === mutant.source.path &&
      operator === mutant.operator &&
      before === mutant.before &&
      (after === undefined || after === mutant.after),
  );
  return accepted ? { kind: 'accepted', reason: accepted.reason } : { kind: 'survived' };
};

type InLanes = <Item>(items: readonly Item[], work: (lane: Lane, item: Item) => Promise<void>) => Promise<void>;

interface BaselineOptions extends Pick<MutateOptions, 'signal'> {
  readonly sources: readonly Source[];
  readonly mutants: readonly CodeMutant[];
  readonly cache: Cache;
}

/** Runs the nearest tests of everything once without any mutation, to see which functions each reaches. */
async function baseline(
  inLanes: InLanes,
  lanes: readonly Lane[],
  { sources, mutants, cache, signal }: BaselineOptions,
): Promise<{ readonly passing: readonly RanTest[]; readonly failed: readonly string[] }> {
  for (const { path, instrumented } of sources) for (const lane of lanes) lane.tree.write(path, instrumented);
  const files = [...new Set(mutants.flatMap(({ source }) => source.tests))].sort();
  const passing: RanTest[] = [];
  const failed: string[] = [];
  await inLanes(files, async (lane, file) => {
    if (signal.aborted) return;
    const known = cache.testsOf(file);
    if (known) return void passing.push(...known);
    const ran = await lane.run({ tests: { [file]: [] }, stopAtFirst: false, changed: [] }, FILE_DEADLINE_MS);
    if (ran === undefined) failed.push(`${file} does not end`);
    for (const error of ran?.errors ?? []) failed.push(`${file}: ${error}`);
    for (const test of ran?.tests ?? []) {
      if (test.state === 'passed') passing.push(test);
      else failed.push(`${file} > ${test.name}: ${test.detail}`);
    }
    if (ran?.errors.length === 0 && ran.tests.every(({ state }) => state === 'passed')) cache.setTests(file, ran.tests);
  });
  const changed = sources.map(({ path }) => path);
  for (const { path, text } of sources) for (const lane of lanes) lane.tree.write(path, text);
  // Without tests: only forgets what the functions said.
  await inLanes(lanes, async (lane) => void (await lane.run({ tests: {}, stopAtFirst: false, changed }, 60_000)));
  return { passing, failed };
}

/** The first test that fails, or what else goes wrong; undefined where all is as before. */
async function noticedBy(
  lane: Lane,
  { source, text, functions }: CodeMutant,
  passing: readonly RanTest[],
): Promise<string | undefined> {
  const near = passing.filter(
    ({ path, reached }) =>
      source.tests.includes(path) && (functions.length === 0 || functions.some((id) => reached.includes(id))),
  );
  if (near.length === 0) return undefined;
  const rank = (path: string) => (dirname(path) === dirname(source.path) ? 0 : 1);
  const usualMs = (tests: readonly RanTest[]) => tests.reduce((sum, { ms }) => sum + ms, 0);
  // One file after the other, those of the room first, and of these where a test costs least.
  const files = [...Map.groupBy(near, ({ path }) => path)].sort(
    ([a, ofA], [b, ofB]) => rank(a) - rank(b) || usualMs(ofA) / ofA.length - usualMs(ofB) / ofB.length,
  );
  lane.tree.write(source.path, text);
  try {
    let changed: readonly string[] = [source.path];
    for (const [path, tests] of files) {
      const asked = { tests: { [path]: tests.map(({ id }) => id) }, stopAtFirst: true, changed };
      const ran = await lane.run(asked, 120_000 + 6 * Math.ceil(usualMs(tests)));
      if (ran === undefined) return 'does not end';
      const failed = ran.tests.find(({ state }) => state === 'failed');
      if (failed) return `${failed.path} > ${failed.name}: ${failed.detail.split('\n')[0]}`;
      const [fault] = ran.errors;
      if (fault !== undefined) {
        // The mutation, or all that tests need is gone: then nothing may count as noticed.
        lane.tree.write(source.path, source.text);
        const without = await lane.run({ ...asked, changed: [source.path] }, FILE_DEADLINE_MS);
        if (without === undefined || without.errors.length > 0)
          throw new Error(`The tests do not run any more: ${fault}`);
        return fault;
      }
      changed = [];
    }
    return undefined;
  } finally {
    lane.tree.write(source.path, source.text);
    await lane.run({ tests: {}, stopAtFirst: false, changed: [source.path] }, 60_000);
  }
}

/** All stand beside their originals in one copy, so that one run of the compiler judges them. */
async function typeErrorsOf(mutants: readonly CodeMutant[], trees: Trees): Promise<ReadonlySet<CodeMutant>> {
  if (mutants.length === 0) return new Set();
  const tree = trees.plant();
  const owners = new Map(
    mutants.map((mutant, index) => {
      const path = mutant.source.path.replace(/\.ts$/, `.mutant${index}.ts`);
      tree.write(path, mutant.text);
      return [tree.at(path), mutant];
    }),
  );
  const wrong = await typeErrors(trees.folder, new Map([...owners.keys()].map((path) => [path, [path]])));
  return new Set([...wrong.keys()].flatMap((path) => owners.get(path) ?? []));
}

interface Known {
  /** Of mutations, by the content of the mutated file and of its nearest tests. */
  readonly verdicts: Record<string, string | null>;
  /** Of test files without a mutation, by their content and that of all sources. */
  readonly tests: Record<string, readonly RanTest[]>;
}

/** What was found out before. */
class Cache {
  readonly #known: Known;
  readonly #contents = new Map<string, string>();
  readonly #sources: string;

  constructor() {
    const hash = createHash('sha256');
    for (const folder of WORKSPACES) for (const path of filesIn(folder, SOURCE)) hash.update(this.#contentOf(path));
    this.#sources = hash.digest('base64url');
    this.#known = { verdicts: {}, tests: {}, ...this.#read() };
  }

  get(mutant: CodeMutant): string | null | undefined {
    return this.#known.verdicts[this.#key(mutant)];
  }

  set(mutant: CodeMutant, by: string | null): void {
    this.#known.verdicts[this.#key(mutant)] = by;
  }

  testsOf(path: string): readonly RanTest[] | undefined {
    return this.#known.tests[this.#testKey(path)];
  }

  setTests(path: string, tests: readonly RanTest[]): void {
    this.#known.tests[this.#testKey(path)] = tests;
  }

  save(): void {
    mkdirSync(dirname(CACHE), { recursive: true });
    writeFileSync(CACHE, JSON.stringify(this.#known));
  }

  #read(): Partial<Known> {
    try {
      return JSON.parse(readFileSync(CACHE, 'utf8')) as Partial<Known>;
    } catch {
      return {};
    }
  }

  #testKey(path: string): string {
    return createHash('sha256').update(this.#sources).update(this.#contentOf(path)).digest('base64url');
  }

  #key({ source, text }: CodeMutant): string {
    const hash = createHash('sha256').update(text);
    for (const test of source.tests) hash.update(this.#contentOf(test));
    return hash.digest('base64url');
  }

  #contentOf(path: string): string {
    const content = this.#contents.get(path) ?? readFileSync(join(ROOT, path), 'utf8');
    this.#contents.set(path, content);
    return content;
  }
}
