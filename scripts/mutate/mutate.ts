import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { filesIn, Trees } from '../drift/trees.ts';
import { typeErrors } from '../drift/types.ts';
import { sampleOf } from '../system/random.ts';
import { inParallel } from '../system/run-program.ts';
import { ACCEPTED } from './accepted.ts';
import { Lane, type RanTest } from './lane-process.ts';
import { type CodeMutant, codeMutants, isSyntax, type Source } from './mutants.ts';

export type Verdict =
  | { readonly kind: 'noticed'; readonly by: string }
  /** It does not compile: `make check` notices it, and no test has to. */
  | { readonly kind: 'rejected' }
  | { readonly kind: 'survived' }
  | { readonly kind: 'accepted'; readonly reason: string };

export interface MutateOptions {
  /** The largest number of mutations, as many of each operator; all if undefined. */
  readonly count?: number | undefined;
  readonly seed: number;
  /** Only those whose place, `<path>:<line>`, or operator holds this word. */
  readonly only: string;
  readonly lanes: number;
  /** Takes no more mutations; those in hand are judged. */
  readonly signal: AbortSignal;
  /** Tests that fail without a mutation, and judge nothing. */
  readonly onBaseline: (failed: readonly string[]) => void;
  /** No cheap test fails; the costly ones run at the end. */
  readonly onUnnoticed: (mutant: CodeMutant) => void;
  readonly onJudged: (mutant: CodeMutant, verdict: Verdict) => void;
}

const ROOT = join(import.meta.dirname, '..', '..');
const CACHE = join(ROOT, 'node_modules', '.cache', 'mutate.json');
/** The workspaces that tests import, beside packages. */
const WORKSPACES = ['generated', 'runtime', 'bot', 'backend', 'sandbox'];
const SOURCE = /^(?!.*\.test\.ts$).*\.ts$/;
const FILE_DEADLINE_MS = 10 * 60_000;
const COMPILER = 'types';

/**
 * Judges mutations by the compiler, then by the nearest tests that reach the changed function.
 * A mutation that was judged before with the same source and tests is not judged again.
 */
export async function mutate(options: MutateOptions): Promise<void> {
  const { sources, mutants } = codeMutants();
  const matching = mutants.filter(({ place, operator }) => place.includes(options.only) || operator === options.only);
  const { count = matching.length, seed } = options;
  // In the order of the files: the test that noticed one line often notices the next.
  const sample = new Set(sampleOf(matching, count, seed));
  const chosen = matching.filter((mutant) => sample.has(mutant) && isSyntax(mutant));
  const cache = new Cache();
  const judged = (mutant: CodeMutant, noticed: Noticed | null) => {
    cache.set(mutant, noticed);
    options.onJudged(mutant, verdictOf(mutant, noticed?.by ?? null));
  };
  const open: CodeMutant[] = [];
  for (const mutant of chosen) {
    const known = cache.get(mutant);
    if (known === undefined) open.push(mutant);
    else options.onJudged(mutant, verdictOf(mutant, known?.by ?? null));
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
    // One run of the compiler judges them all: a mutation that no test notices costs many tests.
    const wrong = await typeErrorsOf(open, trees);
    for (const mutant of wrong) judged(mutant, { by: COMPILER });
    const compiling = open.filter((mutant) => !wrong.has(mutant));
    for (let count = 0; count < options.lanes; count += 1) lanes.push(await Lane.open(trees.plant()));
    const tests = await baseline(inLanes, lanes, { sources, mutants: compiling, cache, signal: options.signal });
    options.onBaseline(tests.failed);
    const judge = new Judge(tests.passing);
    const unnoticedBy = async (which: Which, mutants: readonly CodeMutant[]) => {
      const survivors: CodeMutant[] = [];
      const suspects = new Map<Lane, Suspect[]>();
      const conclude = (mutant: CodeMutant, noticed: Noticed | undefined) => {
        if (noticed !== undefined) return judged(mutant, noticed);
        survivors.push(mutant);
        if (which === 'cheap') options.onUnnoticed(mutant);
      };
      const settle = async (lane: Lane, taken: readonly Suspect[]) => {
        const confirmed = await judge.confirmed(lane, taken);
        for (const suspect of taken) {
          const { mutant, noticed } = suspect;
          conclude(mutant, confirmed.has(suspect) ? noticed : await judge.carefully(lane, mutant, which));
        }
      };
      await inLanes(mutants, async (lane, mutant) => {
        if (options.signal.aborted) return which === 'cheap' ? undefined : conclude(mutant, undefined);
        const suspect = await judge.suspect(lane, mutant, which);
        if (suspect === undefined) return conclude(mutant, undefined);
        const taken = [...(suspects.get(lane) ?? []), suspect];
        suspects.set(lane, taken.length < SUSPECTS ? taken : []);
        if (taken.length === SUSPECTS) await settle(lane, taken);
      });
      await inLanes([...suspects.values()], settle);
      return survivors;
    };
    const quiet = await unnoticedBy('cheap', compiling);
    const isOpen = (mutant: CodeMutant) => verdictOf(mutant, null).kind === 'survived';
    for (const mutant of quiet) if (!isOpen(mutant)) judged(mutant, null);
    for (const mutant of await unnoticedBy('costly', quiet.filter(isOpen))) {
      // Without time for the costly tests nobody knows.
      if (options.signal.aborted) options.onJudged(mutant, verdictOf(mutant, null));
      else judged(mutant, null);
    }
  } finally {
    await Promise.all(lanes.map((lane) => lane.close()));
    trees.clear();
    cache.save();
  }
}

const verdictOf = (mutant: CodeMutant, by: string | null): Verdict => {
  if (by === COMPILER) return { kind: 'rejected' };
  if (by !== null) return { kind: 'noticed', by };
  const lineOfIt = mutant.source.text.split('\n')[mutant.line - 1] ?? '';
  const accepted = ACCEPTED.find(
    ({ path, operator, before, after, line }) =>
      path === mutant.source.path &&
      operator === mutant.operator &&
      before === mutant.before &&
      (after === undefined || after === mutant.after) &&
      (line === undefined || lineOfIt.includes(line)),
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
  for (const { path, instrumented } of sources) for (const lane of lanes) lane.write(path, instrumented);
  const files = [...new Set(mutants.flatMap(({ source }) => source.tests))].sort();
  const passing: RanTest[] = [];
  const failed: string[] = [];
  await inLanes(files, async (lane, file) => {
    if (signal.aborted) return;
    const known = cache.testsOf(file);
    if (known) return void passing.push(...known);
    const asked = { tests: { [file]: [] }, stopAtFirst: false, testTimeoutMs: 60_000, inNewProcess: false };
    const ran = await lane.run(asked, FILE_DEADLINE_MS);
    if (ran === undefined) failed.push(`${file} does not end`);
    for (const error of ran?.errors ?? []) failed.push(`${file}: ${error}`);
    for (const test of ran?.tests ?? []) {
      if (test.state === 'passed') passing.push(test);
      else failed.push(`${file} > ${test.name}: ${test.detail}`);
    }
    if (ran?.errors.length === 0 && ran.tests.every(({ state }) => state === 'passed')) cache.setTests(file, ran.tests);
  });
  for (const { path, text } of sources) for (const lane of lanes) lane.write(path, text);
  return { passing, failed };
}

/** Tests of one file. */
interface Round {
  readonly path: string;
  readonly tests: readonly RanTest[];
}

type Which = 'cheap' | 'costly';

interface Fault {
  /** The tests that passed before, and the one that failed; all where it is not known which. */
  readonly tests: readonly RanTest[];
  readonly by: string;
  /** A test failed, and ended: nothing of it runs on. */
  readonly isClean: boolean;
}

/** A mutation with which a test fails, before that test is seen to pass without it. */
interface Suspect {
  readonly mutant: CodeMutant;
  readonly fault: Fault;
  readonly noticed: Noticed;
}

/** A mutation is noticed by a test that fails with it and passes without it, in one process and soon after. */
class Judge {
  readonly #passing: readonly RanTest[];
  /** By source file, those that noticed something in it, the latest first. */
  readonly #latest = new Map<string, readonly RanTest[]>();

  constructor(passing: readonly RanTest[]) {
    this.#passing = passing;
  }

  /** The first test that fails: of those that cost least, or of all others. */
  async suspect(lane: Lane, mutant: CodeMutant, which: Which): Promise<Suspect | undefined> {
    for (const round of this.#rounds(mutant)[which]) {
      const fault = await faultWith(lane, mutant, round, false);
      const failed = fault?.tests.at(-1);
      if (fault?.isClean && failed) {
        const isFirst = !this.#latest.get(mutant.source.path)?.includes(failed);
        const again = { path: round.path, tests: fault.tests };
        // By chance no test fails twice.
        if (isFirst && (await faultWith(lane, mutant, again, false)) === undefined) continue;
        this.#remember(mutant.source, failed);
        return { mutant, fault, noticed: { by: fault.by, path: round.path } };
      }
      const noticed = fault && (await this.#alone(lane, mutant, round));
      if (noticed) return { mutant, fault: { ...fault, tests: [] }, noticed };
    }
    return undefined;
  }

  /** Those whose tests pass without the mutation. */
  async confirmed(lane: Lane, suspects: readonly Suspect[]): Promise<ReadonlySet<Suspect>> {
    const passed = new Set<string>();
    const tests = new Set(suspects.flatMap(({ fault }) => fault.tests));
    for (const { path, tests: ofPath } of roundsOf([...tests])) {
      const ids = ofPath.map(({ id }) => id);
      const asked = {
        tests: { [path]: ids },
        stopAtFirst: false,
        testTimeoutMs: timeoutOf(ofPath),
        inNewProcess: false,
      };
      const ran = await lane.run(asked, FILE_DEADLINE_MS);
      if (ran?.errors.length !== 0) continue;
      for (const { id, state } of ran.tests) if (state === 'passed') passed.add(id);
    }
    return new Set(suspects.filter(({ fault }) => fault.tests.every(({ id }) => passed.has(id))));
  }

  /** The test that notices, each in a process of its own. */
  async carefully(lane: Lane, mutant: CodeMutant, which: Which): Promise<Noticed | undefined> {
    for (const round of this.#rounds(mutant)[which]) {
      const noticed = await this.#alone(lane, mutant, round);
      if (noticed) return noticed;
    }
    return undefined;
  }

  async #alone(lane: Lane, mutant: CodeMutant, round: Round): Promise<Noticed | undefined> {
    const fault = await faultWith(lane, mutant, round, true);
    if (fault === undefined) return undefined;
    const without = await faultOf(lane, { ...round, tests: fault.tests }, true);
    return without === undefined ? { by: fault.by, path: round.path } : undefined;
  }

  /** First those that noticed the latest mutations of the same file, then one file after the other: the room's own, then the cheapest. */
  #rounds({ source, functions }: CodeMutant): { readonly cheap: readonly Round[]; readonly costly: readonly Round[] } {
    const near = this.#passing.filter(
      ({ path, reached }) =>
        source.tests.includes(path) && (functions.length === 0 || functions.some((id) => reached.includes(id))),
    );
    const rank = (path: string) => (dirname(path) === dirname(source.path) ? 0 : 1);
    const files = roundsOf(near).sort((a, b) => rank(a.path) - rank(b.path) || usualMs(a.tests) - usualMs(b.tests));
    let ms = 0;
    const isCheap = files.map(({ tests }) => {
      ms += usualMs(tests);
      return ms <= CHEAP_MS;
    });
    const latest = (this.#latest.get(source.path) ?? []).filter((test) => near.includes(test)).slice(0, LATEST);
    const others = files
      .filter((_, index) => isCheap[index])
      .map(({ path, tests }) => ({ path, tests: tests.filter((test) => !latest.includes(test)) }))
      .filter(({ tests }) => tests.length > 0);
    return { cheap: [...roundsOf(latest), ...others], costly: files.filter((_, index) => !isCheap[index]) };
  }

  #remember({ path }: Source, noticing: RanTest): void {
    this.#latest.set(path, [noticing, ...(this.#latest.get(path) ?? []).filter((test) => test !== noticing)]);
  }
}

const LATEST = 6;
/** One run without a mutation judges so many of them. */
const SUSPECTS = 6;
/** The time limit, without a mutation, of the tests that judge every mutation; the other tests judge the remaining ones. */
const CHEAP_MS = 15_000;
const roundsOf = (tests: readonly RanTest[]): Round[] =>
  [...Map.groupBy(tests, ({ path }) => path)].map(([path, ofPath]) => ({ path, tests: ofPath }));
const usualMs = (tests: readonly RanTest[]) => tests.reduce((sum, { ms }) => sum + ms, 0);

const timeoutOf = (tests: readonly RanTest[]) => 3_000 + 10 * Math.ceil(Math.max(...tests.map(({ ms }) => ms)));

async function faultWith(lane: Lane, { source, text }: CodeMutant, round: Round, inNewProcess: boolean) {
  lane.write(source.path, text);
  try {
    return await faultOf(lane, round, inNewProcess);
  } finally {
    lane.write(source.path, source.text);
  }
}

/** Runs tests of a file until one fails. */
async function faultOf(lane: Lane, { path, tests }: Round, inNewProcess: boolean): Promise<Fault | undefined> {
  const testTimeoutMs = timeoutOf(tests);
  const asked = { tests: { [path]: tests.map(({ id }) => id) }, stopAtFirst: true, testTimeoutMs, inNewProcess };
  const deadlineMs = 30_000 + 2 * testTimeoutMs + 6 * Math.ceil(usualMs(tests));
  let ran = await lane.run(asked, deadlineMs);
  const idsOf = (wanted: RanTest['state']) =>
    ran?.tests.flatMap(({ id, state }) => (state === wanted ? [id] : [])) ?? [];
  // A table that a mutation shortens has fewer tests; a run that was cut short is repeated.
  if (ran?.errors.length === 0 && idsOf('failed').length === 0 && idsOf('passed').length < tests.length)
    ran = await lane.run({ ...asked, inNewProcess: true }, deadlineMs);
  if (ran === undefined) return { tests, by: 'does not end', isClean: false };
  const failed = ran.tests.find(({ state }) => state === 'failed');
  if (failed) {
    const passed = idsOf('passed');
    return {
      tests: [...tests.filter(({ id }) => passed.includes(id)), ...tests.filter(({ id }) => id === failed.id)],
      by: `${path} > ${failed.name}: ${failed.detail.split('\n')[0]}`,
      isClean: !/timed out/.test(failed.detail),
    };
  }
  const [error] = ran.errors;
  return error === undefined ? undefined : { tests, by: `${path}: ${error.split('\n')[0]}`, isClean: false };
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

/** The test that noticed, and its file; no file where the compiler notices. */
interface Noticed {
  readonly by: string;
  readonly path?: string;
}

interface Known {
  /** By the content of the mutated file; `tests` is that of the test file that noticed it, or of all that did not. */
  readonly mutations: Record<string, { readonly noticed: Noticed | null; readonly tests: string }>;
  /** The results of test files without a mutation, by their content and that of all sources. */
  readonly tests: Record<string, readonly RanTest[]>;
}

/** The results of earlier runs. */
class Cache {
  readonly #known: Known;
  readonly #contents = new Map<string, string>();
  readonly #sources: string;
  #savedAt = performance.now();

  constructor() {
    const paths = WORKSPACES.flatMap((folder) => filesIn(folder, SOURCE));
    this.#sources = this.#hashOf([...paths, 'scripts/mutate/functions.ts']);
    this.#known = { mutations: {}, tests: {}, ...this.#read() };
  }

  get(mutant: CodeMutant): Noticed | null | undefined {
    const known = this.#known.mutations[hashed(mutant.text)];
    return known?.tests === this.#testsOf(mutant, known?.noticed ?? null) ? known?.noticed : undefined;
  }

  set(mutant: CodeMutant, noticed: Noticed | null): void {
    this.#known.mutations[hashed(mutant.text)] = { noticed, tests: this.#testsOf(mutant, noticed) };
    this.#saveSometimes();
  }

  testsOf(path: string): readonly RanTest[] | undefined {
    return this.#known.tests[this.#testKey(path)];
  }

  setTests(path: string, tests: readonly RanTest[]): void {
    this.#known.tests[this.#testKey(path)] = tests;
    this.#saveSometimes();
  }

  #saveSometimes(): void {
    if (performance.now() - this.#savedAt > 30_000) this.save();
  }

  save(): void {
    this.#savedAt = performance.now();
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
    return `${this.#sources} ${this.#hashOf([path])}`;
  }

  #testsOf({ source }: CodeMutant, noticed: Noticed | null): string {
    return this.#hashOf(noticed?.path === undefined ? source.tests : [noticed.path]);
  }

  #hashOf(paths: readonly string[]): string {
    return hashed(paths.map((path) => this.#contentOf(path)).join());
  }

  #contentOf(path: string): string {
    const file = join(ROOT, path);
    // A test file that an earlier run names may be gone.
    const content = this.#contents.get(path) ?? (existsSync(file) ? readFileSync(file, 'utf8') : '');
    this.#contents.set(path, content);
    return content;
  }
}

const hashed = (text: string): string => createHash('sha256').update(text).digest('base64url');
