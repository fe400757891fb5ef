import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, inject, it } from 'vitest';
import { parse } from 'yaml';
import { operationsOf } from './document.ts';
import { fuzz } from './fuzz.ts';
import { startFuzzedBackend, startFuzzedBot } from './services.ts';

const REQUESTS = Number(process.env.FUZZ_RUNS ?? 700);
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);

it.each([
  ['bot', startFuzzedBot],
  ['backend', () => startFuzzedBackend(inject('postgresUrl'))],
] as const)(
  'the %s gives a documented response to every request, valid or invalid',
  { timeout: 120_000 },
  async (_name, start) => {
    console.log(`FUZZ_SEED=${seed} FUZZ_RUNS=${REQUESTS}`);
    const service = await start();
    try {
      const document = parse(
        readFileSync(join(import.meta.dirname, '..', '..', 'openapi', `${service.name}.yaml`), 'utf8'),
      );
      for (const { id, responses } of operationsOf(document)) {
        for (const status of [401, 403])
          expect(responses.get(status)?.examples, `${id} shows the texts of ${status}`).not.toEqual([]);
      }
      const { failure, statuses } = await fuzz({ ...service, document, seed, requests: REQUESTS });
      expect(failure).toBe(undefined);
      // Each kind of answer was really met.
      const seen = new Set([...statuses.keys()].map((key) => key.slice(key.lastIndexOf(' ') + 1)));
      for (const status of ['200', '400', '401', '403', '404', '405', '413', '415', '421', '422'])
        expect(seen).toContain(status);
    } finally {
      await service.stop();
    }
  },
);
