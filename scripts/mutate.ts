import { availableParallelism } from 'node:os';
import { dirname } from 'node:path';
import { styleText } from 'node:util';
import type { CodeMutant } from './mutate/mutants.ts';
import { mutate } from './mutate/mutate.ts';
import { readOptions, wholeNumber } from './system/options.ts';

/*
 * `make mutate [N=150] [MINUTES=15] [SEED=…] [ONLY=word]`: one wrong line at a time on the path of the money, judged by the nearest
 * tests. A line that may be wrong without any test failing is a line that nobody tests.
 */

const options = readOptions({
  count: { type: 'string', default: '' },
  seed: { type: 'string', default: '' },
  only: { type: 'string', default: '' },
  lanes: { type: 'string', default: '' },
  minutes: { type: 'string', default: '' },
  verbose: { type: 'boolean', default: false },
});
const GOAL = 0.9;

const seed = wholeNumber('seed', options.seed, Date.now() % 2 ** 31, 0);
const count = wholeNumber('count', options.count, 0) || undefined;
const minutes = wholeNumber('minutes', options.minutes, 0);
const lanes = wholeNumber('lanes', options.lanes, Math.max(1, Math.min(4, Math.floor(availableParallelism() / 2))));
const startedAt = performance.now();
const seconds = () => Math.round((performance.now() - startedAt) / 1_000);
const counts = { noticed: 0, survived: 0, accepted: 0, rejected: 0 };
const byOperator = new Map<string, { noticed: number; all: number }>();
const byRoom = new Map<string, typeof counts>();
const all = () => Object.values(counts).reduce((sum, count) => sum + count);
// Ctrl-C ends it with what is known so far, and with its Postgres and its copies of the repository gone.
const interrupted = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => interrupted.abort());
const timeUp = minutes > 0 && setTimeout(() => interrupted.abort(), minutes * 60_000);
const format = ({ noticed, rejected, accepted, survived }: typeof counts) =>
  `${noticed} noticed, ${rejected} rejected by the compiler, ${accepted} accepted, ${survived} survived`;
const what = ({ operator, place, before, after }: CodeMutant) =>
  `${operator} at ${place}: ${before} → ${after || 'nothing'}`;
const progress = setInterval(() => console.log(`${all()} judged after ${seconds()} s`), 60_000);
try {
  console.log(`seed ${seed}`);
  await mutate({
    count,
    seed,
    only: options.only,
    lanes,
    onBaseline: (failed) => {
      console.log(`the tests as they are took ${seconds()} s`);
      for (const what of failed) console.log(`fails by itself: ${what}`);
    },
    signal: interrupted.signal,
    onUnnoticed: (mutant) => options.verbose && console.log(`no test fails: ${what(mutant)}`),
    onJudged: (mutant, verdict) => {
      const { operator } = mutant;
      counts[verdict.kind] += 1;
      const room = dirname(mutant.source.path);
      const ofRoom = byRoom.get(room) ?? { noticed: 0, survived: 0, accepted: 0, rejected: 0 };
      byRoom.set(room, { ...ofRoom, [verdict.kind]: ofRoom[verdict.kind] + 1 });
      if (verdict.kind === 'rejected') return;
      const tally = byOperator.get(operator) ?? { noticed: 0, all: 0 };
      byOperator.set(operator, { noticed: tally.noticed + Number(verdict.kind === 'noticed'), all: tally.all + 1 });
      if (verdict.kind === 'survived') console.log(styleText('red', `survived: ${what(mutant)}`));
      else if (verdict.kind === 'accepted') console.log(`accepted: ${what(mutant)}: ${verdict.reason}`);
      else if (options.verbose) console.log(`noticed: ${what(mutant)}: ${verdict.by}`);
    },
  });
  for (const [operator, { noticed, all }] of [...byOperator].sort())
    console.log(`  ${operator.padEnd(30)} ${noticed} of ${all}`);
  for (const [room, ofRoom] of [...byRoom].sort()) console.log(`  ${room.padEnd(30)} ${format(ofRoom)}`);
  const share = counts.noticed / Math.max(1, counts.noticed + counts.survived);
  console.log(
    `${seconds()} s\nmutate: ${all()} mutations, ${format(counts)} (tests noticed ${(100 * share).toFixed(1)} % of those that compile)`,
  );
  if (counts.survived > 0) console.log(`→ write a test, or make mutate SEED=${seed} to see them again`);
  process.exitCode = share >= GOAL && all() > 0 ? 0 : 1;
} finally {
  clearInterval(progress);
  clearTimeout(timeUp || undefined);
}
