import { availableParallelism, cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Effort } from './measure.ts';
import { isMet, type Section, textOf } from './report.ts';
import { clientPath } from './workloads/client-path.ts';
import { commitToHandler } from './workloads/commit-to-handler.ts';
import { groupCommit } from './workloads/group-commit.ts';
import { serverPath } from './workloads/server-path.ts';
import { start } from './workloads/start.ts';
import { check as checkGates, generate, test } from './workloads/tools.ts';
import { webhookToMessage } from './workloads/webhook-to-message.ts';

/*
 * `make bench`: what the services cost, against what the same work costs without them. Every comparison is made in
 * interleaved rounds, both sides in one run; exit 1 when a goal was missed.
 * `make bench-check` (`--check`): the ratios alone, in fewer rounds, against gates that hold on a noisy machine too.
 *
 *   node bench/bench.ts [--check] [WORKLOAD…]
 */

type Workload = (effort: Effort) => Promise<Section>;

const RATIOS: Readonly<Record<string, Workload>> = {
  server: serverPath,
  client: clientPath,
  'group-commit': groupCommit,
};
const ALL: Readonly<Record<string, Workload>> = {
  ...RATIOS,
  delivery: commitToHandler,
  message: webhookToMessage,
  start,
  generate,
  check: checkGates,
};
/** Measured only when it is named: it takes as long as all others together. */
const BY_NAME: Readonly<Record<string, Workload>> = { test };

const {
  values: { check },
  positionals: names,
} = parseArgs({ options: { check: { type: 'boolean', default: false } }, allowPositionals: true });
const known = { ...ALL, ...BY_NAME };
const unknown = names.filter((name) => !(name in known));
if (unknown.length > 0)
  throw new Error(`There is no ${unknown.join(', ')}; there are ${Object.keys(known).join(', ')}`);

const effort = { rounds: check ? 9 : 21, requests: 4_000, samples: 200, check };
const machine = `${availableParallelism()} × ${cpus()[0]?.model.trim()}, Node ${process.versions.node}`;
console.log(`${machine}; load ${loadavg()[0]?.toFixed(1)}. On a busy machine read the ratios, not the figures.\n`);
const startedAt = performance.now();
const missed: string[] = [];
const chosen = names.length > 0 ? known : check ? RATIOS : ALL;
for (const [name, measure] of Object.entries(chosen)) {
  if (names.length > 0 && !names.includes(name)) continue;
  const section = await measure(effort);
  console.log(textOf(section, check));
  missed.push(
    ...section.rows.filter((row) => isMet(row, check) === false).map((row) => `${section.title}: ${row.name}`),
  );
}
const seconds = Math.round((performance.now() - startedAt) / 1_000);
const verdict = missed.length === 0 ? 'every goal met' : `missed ${missed.join('; ')}`;
console.log(`bench: ${verdict} (${seconds} s, load ${loadavg()[0]?.toFixed(1)})`);
process.exit(missed.length === 0 ? 0 : 1);
