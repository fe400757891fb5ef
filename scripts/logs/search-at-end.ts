import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import type { TestProject } from 'vitest/node';
import type { Captured } from './captured.ts';
import { search } from './search.ts';
import { createSecrets } from './secrets.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where every test process writes down what services log; see `capture.ts`. */
    logFolder: string;
  }
}

const SHOWN = 20;
/** Who must have been heard when the whole suite ran: a search of nothing finds nothing. */
const HEARD = ['this process', 'bot/main.ts', 'backend/main.ts'];

/** At the end of a vitest run the logs of all services in it are searched for what must never be logged. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const folder = await mkdtemp(path.join(tmpdir(), 'moddy-logs-'));
  project.provide('logFolder', folder);
  return async () => {
    const { lines, faults } = await readAndSearch(folder);
    const ran = project.vitest.state.getFiles().length;
    const { testFiles } = await project.globTestFiles();
    // A part of the suite need not start a service.
    if (ran >= testFiles.length) {
      for (const from of HEARD) if (!lines.has(from)) faults.push(`logs: not one line of ${from} was captured`);
    }
    const count = [...lines.values()].reduce((sum, each) => sum + each, 0);
    if (faults.length === 0) {
      await rm(folder, { recursive: true, force: true });
      console.log(`logs: ${count} lines of services searched, nothing in them that must not be logged`);
      return;
    }
    process.exitCode = 1;
    for (const fault of faults.slice(0, SHOWN)) console.error(fault);
    console.error(`logs: ${faults.length} faults in ${count} lines; all of them are in ${folder}`);
  };
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
  const faults: string[] = [];
  for (const { entry, place } of captured) {
    if (entry.kind === 'secret') continue;
    lines.set(entry.from, (lines.get(entry.from) ?? 0) + 1);
    for (const { field, what, text } of search(entry, secrets)) {
      const where = field === '' ? '' : `, field ${field}`;
      faults.push(`${place} (${entry.test}, ${entry.from})${where}: ${what}: ${text.slice(0, 300)}`);
    }
  }
  return { lines, faults };
}
