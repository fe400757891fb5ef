import { styleText } from 'node:util';
import { backendPart } from './rolling/backend-part.ts';
import { botPart } from './rolling/bot-part.ts';
import { judge } from './rolling/judge.ts';
import type { Part } from './rolling/part.ts';
import { rotationPart } from './rolling/rotation-part.ts';

/*
 * `make rolling`: restarts and rotations under load, with real processes behind a balancer like the platform's. Not
 * one request may fail, not one delivery may be lost. `make rolling ONLY=bot` runs the parts whose name holds the word.
 */

const PARTS: readonly { readonly part: Part; readonly times: number }[] = [
  { part: backendPart, times: 20 },
  { part: botPart, times: 20 },
  { part: rotationPart, times: 2 },
];

const filter = (process.argv[2] ?? '').replace(/^ONLY=/, '');
const chosen = PARTS.filter(({ part }) => part.name.includes(filter));
const table: { part: string; kind: string; asked: number; failed: number }[] = [];
let failedParts = 0;
for (const { part, times } of chosen) {
  const startedAt = performance.now();
  console.log(`\n${styleText('bold', `${part.name}, ${times} times`)}`);
  const verdict = await judge(part, times, (done) => process.stdout.write(` ${done}`));
  process.stdout.write('\n');
  for (const note of verdict.notes) console.log(`  ${note}`);
  if (verdict.faults.length > 0) {
    failedParts += 1;
    console.log(styleText('red', `  ✗ ${verdict.faults.join('\n    ')}`));
    console.log(verdict.complaints.join('\n'));
  } else console.log(styleText('green', `  ✓ ${Math.round((performance.now() - startedAt) / 1000)} s`));
  const [filter = ''] = part.name.split(/[: ]/);
  table.push(...verdict.rows.map((row) => ({ part: filter, ...row })));
}

console.log();
for (const { part, kind, asked, failed } of table) {
  console.log(
    `  ${part.padEnd(9)} ${kind.padEnd(32)} ${String(asked).padStart(7)} asked  ${String(failed).padStart(5)} failed`,
  );
}
const asked = table.reduce((sum, row) => sum + row.asked, 0);
const failed = table.reduce((sum, row) => sum + row.failed, 0);
const well = failedParts === 0 && chosen.length > 0;
console.log(
  `\nrolling: ${well ? 'passed' : 'FAILED'}, ${failed} failed of ${asked}, ${failedParts} of ${chosen.length} parts failed`,
);
// What the clients of a failed run still hold open must not hold up the verdict.
process.exit(well ? 0 : 1);
