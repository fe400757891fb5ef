import { inject, it } from 'vitest';
import { drift } from './drift.ts';

const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);

it('every drift of a sample is caught or absorbed', { timeout: 300_000 }, async () => {
  console.log(`FUZZ_SEED=${seed}`);
  const sample = { documents: 6, code: 6, generated: 30, released: 2 };
  const tally = await drift({ ...sample, seed, postgresUrl: inject('postgresUrl') });
  if (tally.missed.length > 0) throw new Error(`${tally.summary()}\n${JSON.stringify(tally.missed, null, 2)}`);
});
