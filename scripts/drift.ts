import { styleText } from 'node:util';
import { startPostgres } from '@moddy/sandbox/postgres';
import { drift } from './drift/drift.ts';
import { readOptions, wholeNumber } from './system/options.ts';

/*
 * `make drift [SEED=…] [ONLY=word]`: small mutations of documents, handlers, clients and generated code. Each has
 * to be caught by a gate, or absorbed by regenerating, and then the running service has to obey what it became.
 */

const options = readOptions({
  seed: { type: 'string', default: '' },
  only: { type: 'string', default: '' },
});
const PROGRESS_MS = 15_000;
const FULL = { documents: 130, code: 90, generated: 60, released: 12 };

const seed = wholeNumber('seed', options.seed, Date.now() % 2 ** 31, 0);
const startedAt = performance.now();
const seconds = () => Math.round((performance.now() - startedAt) / 1_000);
const postgres = await startPostgres({ settings: { fsync: 'off' } });
let judged = 0;
const progress = setInterval(() => console.log(`${judged} judged after ${seconds()} s`), PROGRESS_MS);
try {
  console.log(`seed ${seed}`);
  const tally = await drift({
    ...FULL,
    only: options.only,
    seed,
    postgresUrl: postgres.url,
    onJudged: ({ mutant, verdict }) => {
      judged += 1;
      if (verdict.kind === 'missed')
        console.log(styleText('red', `missed: ${mutant.operator} at ${mutant.place}: ${verdict.detail}`));
    },
  });
  console.log(tally.byOperator().join('\n'));
  if (tally.count('equivalent') > 0) console.log(`equivalent:\n${tally.equivalents().join('\n')}`);
  console.log(`${seconds()} s\n${tally.summary()}`);
  if (tally.missed.length > 0) console.log(`→ make drift SEED=${seed}`);
  process.exitCode = tally.missed.length === 0 && judged > 0 ? 0 : 1;
} finally {
  clearInterval(progress);
  await postgres.stop();
}
