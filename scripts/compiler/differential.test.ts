import { isDeepStrictEqual } from 'node:util';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { type Mode, Oracle } from '../conformance/oracle.ts';
import { arbitrarySchemas, arbitraryValue } from './testing/arbitrary.ts';
import { loadSchemas } from './testing/load.ts';

const MODES: readonly Mode[] = ['request', 'strict', 'tolerant'];
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const runs = Number(process.env.FUZZ_RUNS ?? 80);

it('compiled validators accept the values of JSON Schema, and read them as the oracle', { timeout: 600_000 }, () => {
  console.log(`FUZZ_SEED=${seed} FUZZ_RUNS=${runs}`);
  let compiled = 0;
  let accepted = 0;
  const property = fc.property(arbitrarySchemas, fc.noShrink(fc.nat()), (schemas, first) => {
    const { Subject: schema = true } = schemas;
    const loaded = loadSchemas(schemas);
    if (loaded.validator === undefined) return; // Rejected: two alternatives that cannot be told apart.
    compiled += 1;
    const oracle = new Oracle(schemas);
    for (const value of fc.sample(arbitraryValue(schema, schemas), { numRuns: 25, seed: first })) {
      for (const mode of MODES) {
        const expected = oracle.accepts(schema, value, mode);
        const result = loaded.validator('Subject', mode).safeParse(value);
        const context = () =>
          `${mode}\n${JSON.stringify(schema)}\n${JSON.stringify(value)}\n${loaded.text}\n${JSON.stringify(result)}`;
        if (result.success !== expected)
          throw new Error(`JSON Schema ${expected ? 'accepts' : 'refuses'}: ${context()}`);
        if (!result.success) continue;
        accepted += 1;
        const read = oracle.read(schema, value, mode);
        if (!isDeepStrictEqual(withoutGaps(result.data), withoutGaps(read)))
          throw new Error(`should read ${JSON.stringify(read)}: ${context()}`);
      }
    }
  });
  fc.assert(property, { seed, numRuns: runs, verbose: 0 });
  expect(compiled).toBeGreaterThan(runs / 2);
  expect(accepted).toBeGreaterThan(runs);
});

/** JSON has no undefined, and one zero. */
const withoutGaps = (value: unknown): unknown => JSON.parse(JSON.stringify(value) ?? 'null');
