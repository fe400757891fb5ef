import { mkdir, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { parseArgs } from 'node:util';
import { measureNoise, noiseText } from './measure/noise.ts';
import { pictureOf } from './report/picture.ts';
import { isMet, type Section } from './report/result.ts';
import { tableOf } from './report/table.ts';
import { clientPath } from './workloads/client-path.ts';
import { commitToHandler } from './workloads/commit-to-handler.ts';
import { groupCommit } from './workloads/group-commit.ts';
import { botPath, eventPath } from './workloads/server-path.ts';
import { start } from './workloads/start.ts';
import { tests, tools } from './workloads/tools.ts';
import { webhookToMessage } from './workloads/webhook-to-message.ts';
import type { Workload } from './workloads/workload.ts';

/*
 * `make bench`: what the services cost, against what the same work costs without them. Every comparison is made in
 * interleaved rounds, both sides in one run; exit 1 when a goal was missed.
 *
 *   node bench/bench.ts [--json FILE] [--picture FILE] [--rounds 21] [--requests 4000] [WORKLOAD…]
 */

const WORKLOADS: Readonly<Record<string, Workload>> = {
  server: botPath,
  events: eventPath,
  client: clientPath,
  'group-commit': groupCommit,
  delivery: commitToHandler,
  message: webhookToMessage,
  start,
  tools,
  tests,
};
/** What is measured only when it is named. */
const BY_NAME: ReadonlySet<string> = new Set(['tests']);
/** What the picture shows. */
const PICTURED = ['server', 'events', 'client'];

const { values: options, positionals: only } = parseArgs({
  options: {
    json: { type: 'string' },
    picture: { type: 'string' },
    rounds: { type: 'string', default: '21' },
    requests: { type: 'string', default: '4000' },
  },
  allowPositionals: true,
});
const unknown = only.filter((name) => WORKLOADS[name] === undefined);
if (unknown.length > 0)
  throw new Error(`There is no ${unknown.join(', ')}; there are ${Object.keys(WORKLOADS).join(', ')}`);

const effort = { rounds: Number(options.rounds), requests: Number(options.requests), samples: 200 };
const startedAt = new Date();
const noise = measureNoise();
console.log(`${noiseText(noise)}\n`);
const sections: Record<string, readonly Section[]> = {};
for (const [name, measure] of Object.entries(WORKLOADS)) {
  if (only.length > 0 ? !only.includes(name) : BY_NAME.has(name)) continue;
  sections[name] = await measure(effort);
  for (const section of sections[name]) console.log(tableOf(section));
}

const missed = Object.values(sections)
  .flat()
  .flatMap(({ title, rows }) => rows.filter((row) => isMet(row) === false).map(({ name }) => `${title}: ${name}`));
const seconds = Math.round((Date.now() - startedAt.getTime()) / 1_000);
console.log(`bench: ${missed.length === 0 ? 'every goal met' : `missed ${missed.join('; ')}`} (${seconds} s)`);
if (options.json) {
  const result = { at: startedAt.toISOString(), node: process.versions.node, noise, seconds, sections };
  await mkdir(dirname(options.json), { recursive: true });
  await writeFile(options.json, `${JSON.stringify(result, rounded, 2)}\n`);
}
if (options.picture) {
  const pictured = PICTURED.flatMap((name) => sections[name] ?? []);
  await writeFile(
    options.picture,
    pictureOf(pictured, 'Relative to the first of each group, by CPU time per request; longer is better.'),
  );
}
process.exit(missed.length === 0 ? 0 : 1);

function rounded(_key: string, value: unknown): unknown {
  return typeof value === 'number' ? Math.round(value * 1_000) / 1_000 : value;
}
