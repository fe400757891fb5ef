import { backendPart } from './rolling/backend-part.ts';
import { botPart } from './rolling/bot-part.ts';
import { judge } from './rolling/judge.ts';
import { rotationPart } from './rolling/rotation-part.ts';
import { runProofs } from './system/run-proofs.ts';

/*
 * `make rolling`: restarts and rotations under load, with real processes behind a balancer like the platform's. Not
 * one request may fail, not one delivery may be lost. `make rolling ONLY=bot` runs the parts whose name holds the word.
 */

const PARTS = [
  { ...backendPart, times: 20 },
  { ...botPart, times: 20 },
  { ...rotationPart, times: 2 },
];
const table: { part: string; kind: string; asked: number; failed: number }[] = [];

const passed = await runProofs(
  'rolling',
  PARTS,
  async (part) => {
    const { rows, ...verdict } = await judge(part, part, (done) =>
      process.stdout.write(` ${done}${done === part.times ? ` times\n` : ''}`),
    );
    const [name = ''] = part.name.split(/[: ]/);
    table.push(...rows.map((row) => ({ part: name, ...row })));
    return verdict;
  },
  () => {
    console.log();
    for (const { part, kind, asked, failed } of table)
      console.log(
        `  ${part.padEnd(9)} ${kind.padEnd(32)} ${String(asked).padStart(7)} asked  ${String(failed).padStart(5)} failed`,
      );
    const sum = (column: 'asked' | 'failed') => table.reduce((total, row) => total + row[column], 0);
    console.log(`\n${sum('failed')} failed of ${sum('asked')}`);
  },
);
// Connections that the clients of a failed run still hold open must not delay the exit.
process.exit(passed ? 0 : 1);
