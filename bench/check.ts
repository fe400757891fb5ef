import { measureNoise, noiseText } from './measure/noise.ts';
import type { Section } from './report/result.ts';
import { tableOf } from './report/table.ts';
import { clientPath } from './workloads/client-path.ts';
import { groupCommit } from './workloads/group-commit.ts';
import { botPath, eventPath } from './workloads/server-path.ts';

/*
 * `make bench-check`: ratios that hold on a noisy machine too, so that a change that makes the services slow is seen.
 * Exit 1 below any of them.
 */

const EFFORT = { rounds: 9, requests: 4_000, samples: 0 };
const ROBUST: readonly { readonly section: RegExp; readonly row: string; readonly atLeast: number }[] = [
  { section: /^GET .*health$/, row: 'Moddy', atLeast: 0.45 },
  { section: /^POST .*notify$/, row: 'Moddy', atLeast: 0.55 },
  { section: /^POST .*notify, Postgres/, row: 'Moddy', atLeast: 0.55 },
  { section: /^Calling/, row: 'Moddy, generated', atLeast: 0.4 },
  { section: /256 connections$/, row: 'Moddy, group commit', atLeast: 2 },
];

console.log(`${noiseText(measureNoise())}\n`);
const sections: Section[] = [];
for (const measure of [botPath, eventPath, clientPath, groupCommit]) {
  for (const section of await measure(EFFORT)) {
    sections.push(section);
    console.log(tableOf(section));
  }
}
let failed = 0;
for (const { section, row, atLeast } of ROBUST) {
  const measured = sections.find(({ title }) => section.test(title))?.rows.find(({ name }) => name === row)?.ratio;
  // The better end of the middle half: a gate must not fail because the neighbour was loud.
  const reached = measured?.high ?? Number.NaN;
  if (reached >= atLeast) continue;
  failed += 1;
  console.log(`✗ ${section.source}, ${row}: ${reached.toFixed(2)}×, below ${atLeast}×. Profile it: node --cpu-prof`);
}
console.log(`bench-check: ${ROBUST.length - failed} of ${ROBUST.length} ratios hold`);
process.exit(failed === 0 ? 0 : 1);
