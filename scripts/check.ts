import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { styleText } from 'node:util';
import { ROOT, textOf } from './system/repository.ts';
import { inParallel, run } from './system/run-program.ts';

/*
 * `make check`: the static gates, in parallel. Prints one line per gate, the output of each failed one, and the command
 * that fixes it; exit 1 if any failed.
 */

interface Gate {
  readonly name: string;
  /** A file for Node and its arguments. */
  readonly command: readonly string[];
  readonly cure: string;
}

/** The file of a package's program; programs in `.bin` need a shell on Windows. */
const programOf = (name: string, program: string) =>
  join('node_modules', name, JSON.parse(textOf(`node_modules/${name}/package.json`)).bin[program]);
/** This folder stays from one run to the next; `npm ci` removes it. */
const CACHE = 'node_modules/.cache';
const typesOf = (project: string, name: string): string[] => [
  programOf('typescript', 'tsc'),
  '-p',
  project,
  '--incremental',
  '--tsBuildInfoFile',
  `${CACHE}/${name}.tsbuildinfo`,
];
const GATES: readonly Gate[] = [
  {
    name: 'types',
    command: typesOf('tsconfig.json', 'types'),
    cure: 'fix what tsc names; a missing handler is a new file in operations/, listed in its handlers.ts',
  },
  {
    name: 'format and lint',
    command: [programOf('@biomejs/biome', 'biome'), 'check', '--error-on-warnings'],
    cure: 'npx biome check --write',
  },
  {
    name: 'unused code',
    command: [programOf('knip', 'knip'), '--cache', '--cache-location', `${CACHE}/knip`],
    cure: 'remove what knip names',
  },
  { name: 'generated code is current', command: ['scripts/generate.ts', '--check'], cure: 'make generate' },
  {
    name: "Railway's file",
    command: typesOf('.railway', 'railway'),
    cure: 'fix .railway/railway.ts: Railway would reject it, or destroy what it no longer states',
  },
  {
    name: 'documents are well-formed',
    command: [programOf('@redocly/cli', 'redocly'), 'lint', 'openapi/*.yaml'],
    cure: 'edit the document that redocly names',
  },
  {
    name: 'emitted document equals the YAML',
    command: ['scripts/check-emitted.ts'],
    cure: 'fix scripts/compiler',
  },
  {
    name: 'statuses are documented',
    command: ['scripts/check-statuses.ts'],
    cure: 'document the status in openapi/',
  },
  {
    name: 'released contracts still hold',
    command: ['scripts/breaking.ts'],
    cure: 'follow the arrows above',
  },
  {
    name: 'import boundaries',
    command: ['scripts/check-boundaries.ts'],
    cure: 'import what CONTRIBUTING.md allows',
  },
  {
    name: 'plain words',
    command: ['scripts/check-words.ts'],
    cure: 'write what stands behind each word; the list is scripts/words/banned.ts',
  },
];

interface Result {
  readonly gate: Gate;
  readonly passed: boolean;
  readonly output: string;
}

async function pass(gate: Gate): Promise<Result> {
  const startedAt = performance.now();
  const { code, output } = await run([process.execPath, ...gate.command], ROOT);
  const seconds = `${((performance.now() - startedAt) / 1000).toFixed(1)} s`.padStart(7);
  console.log(`${code === 0 ? styleText('green', '✓') : styleText('red', '✗')} ${seconds}  ${gate.name}`);
  return { gate, passed: code === 0, output };
}

const startedAt = performance.now();
const results: Result[] = [];
await inParallel(GATES, availableParallelism(), async (gate) => void results.push(await pass(gate)));

const failed = results.filter(({ passed }) => !passed);
for (const { gate, output } of failed) {
  console.log(`\n${styleText('red', gate.name)}\n${output.trimEnd()}\n→ ${styleText('bold', gate.cure)}`);
}
const seconds = ((performance.now() - startedAt) / 1000).toFixed(1);
console.log(`\ncheck: ${results.length - failed.length} passed, ${failed.length} failed in ${seconds} s`);
process.exitCode = failed.length === 0 ? 0 : 1;
