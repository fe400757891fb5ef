import { startPostgres } from '@moddy/sandbox/postgres';
import { fuzz } from './conformance/fuzz.ts';
import { type RunningService, startFuzzedBackend, startFuzzedBot } from './conformance/services.ts';
import { readOptions, wholeNumber } from './system/options.ts';
import { documentOf } from './system/repository.ts';

/*
 * `make fuzz [N=100000] [SEED=…]`: requests derived from the documents alone, to the real services over real HTTP; an
 * independent oracle judges request and answer.
 */

const options = readOptions({ requests: { type: 'string', default: '' }, seed: { type: 'string', default: '' } });
/** Half of them for each service. */
const total = wholeNumber('requests', options.requests, 100_000, 2);
const seed = wholeNumber('seed', options.seed, Date.now() % 2 ** 31, 0);
const PROGRESS_MS = 5_000;

const postgres = await startPostgres({ settings: { fsync: 'off' } });
const startedAt = performance.now();
let sent = 0;
let failures = 0;
const count = () => {
  sent += 1;
};
const rate = () => Math.round(sent / ((performance.now() - startedAt) / 1_000));
const progress = setInterval(() => console.log(`${sent} of ${total}, ${rate()} a second`), PROGRESS_MS);

async function fuzzService(start: () => Promise<RunningService>, share: number): Promise<void> {
  const service = await start();
  const document = documentOf(service.name);
  try {
    const options = { ...service, document, seed, requests: share, onRequest: count };
    const { failure, statuses } = await fuzz(options);
    const rows = [...statuses].sort().map(([what, count]) => `  ${String(count).padStart(7)}  ${what}`);
    console.log(`${service.name}\n${rows.join('\n')}`);
    if (failure === undefined) return;
    failures += 1;
    console.error(`\n${service.name}: ${failure}\n→ make fuzz N=${total} SEED=${seed}\n`);
  } finally {
    await service.stop();
  }
}

console.log(`seed ${seed}`);
try {
  const half = Math.ceil(total / 2);
  await Promise.all([
    fuzzService(startFuzzedBot, half),
    fuzzService(() => startFuzzedBackend(postgres.url), total - half),
  ]);
} finally {
  clearInterval(progress);
  await postgres.stop();
}
console.log(`fuzz: ${sent} requests, ${failures} undocumented answers`);
process.exitCode = failures === 0 && sent > 0 ? 0 : 1;
