import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import { documentTexts } from '../system/repository.ts';
import { createAnswered } from './answered.ts';
import { type Captured, search } from './search.ts';
import { createSecrets } from './secrets.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where every test process writes down what services log; see `capture.ts`. */
    logFolder: string;
  }
}

const SHOWN = 20;
/** The sources of which the whole suite must capture a line: a search of nothing finds nothing. */
const HEARD = ['this process', 'bot/main.ts', 'backend/main.ts'];

/**
 * At the end of a vitest run the logs of all services are searched for what must never be logged, and compared with the
 * documents: an answer that no document has is a fault, and so is a documented one that the whole suite never got.
 */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'moddy-logs-'));
  project.provide('logFolder', folder);
  return async () => {
    // The time of a run means little without it.
    const [one, five, fifteen] = loadavg().map((load) => load.toFixed(1));
    console.log(`load: ${one} over the last minute, ${five} over five, ${fifteen} over fifteen`);
    const { lines, answered, faults } = await readAndSearch(folder);
    const documents = documentTexts();
    faults.push(...answered.undocumented(documents));
    // A part of the suite need not start a service, and failed tests are reported already.
    if (await isWholeSuite(project)) {
      for (const from of HEARD) if (!lines.has(from)) faults.push(`logs: not one line of ${from} was captured`);
      if (project.vitest.state.getCountOfFailedTests() === 0) faults.push(...answered.unanswered(documents));
    }
    const count = [...lines.values()].reduce((sum, each) => sum + each, 0);
    if (faults.length === 0) {
      await rm(folder, { recursive: true, force: true });
      console.log(
        `logs: ${count} lines of services searched: nothing that must not be logged, no answer of an operation that its document lacks`,
      );
      return;
    }
    process.exitCode = 1;
    for (const fault of faults.slice(0, SHOWN)) console.error(fault);
    console.error(`logs: ${faults.length} faults in ${count} lines; all of them are in ${folder}`);
  };
}

/** Whether neither the command line nor a filter of names left any test out. */
async function isWholeSuite(project: TestProject): Promise<boolean> {
  const { testNamePattern, tagsFilter, cliExclude, dir, root } = project.vitest.config;
  if (testNamePattern || tagsFilter || cliExclude || (dir ?? root) !== root) return false;
  const { testFiles } = await project.globTestFiles();
  return project.vitest.state.getFiles().length >= testFiles.length;
}

async function readAndSearch(folder: string) {
  const captured: { readonly entry: Captured; readonly place: string }[] = [];
  for (const name of await readdir(folder)) {
    const rows = (await readFile(path.join(folder, name), 'utf8')).trimEnd().split('\n');
    // Written by `capture.ts`, one object a row.
    for (const [at, row] of rows.entries()) captured.push({ entry: JSON.parse(row), place: `${name}:${at + 1}` });
  }
  const secrets = createSecrets(captured.flatMap(({ entry }) => (entry.kind === 'secret' ? [entry.value] : [])));
  const lines = new Map<string, number>();
  const answered = createAnswered();
  const faults: string[] = [];
  for (const { entry, place } of captured) {
    if (entry.kind === 'secret') continue;
    lines.set(entry.from, (lines.get(entry.from) ?? 0) + 1);
    if (entry.kind === 'line') answered.add(entry.text, entry.test);
    for (const { field, what, text } of search(entry, secrets)) {
      const where = field === '' ? '' : `, field ${field}`;
      faults.push(`${place} (${entry.test}, ${entry.from})${where}: ${what}: ${text.slice(0, 300)}`);
    }
  }
  return { lines, answered, faults };
}
