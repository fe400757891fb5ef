import { fuzz } from './conformance/fuzz.ts';
import { startFuzzedBackend, startFuzzedBot } from './conformance/services.ts';
import { documentOf } from './system/repository.ts';

/*
 * node scripts/obeys.ts API REQUESTS SEED [OPERATION,…]
 * Does the service of this tree obey the document of this tree? Exit 0 if so, 3 and the reason if not.
 * The backend takes its Postgres from POSTGRES_URL.
 */

const [api = '', requests, seed, only] = process.argv.slice(2);
const service = await (api === 'bot-internal' ? startFuzzedBot() : startFuzzedBackend(process.env.POSTGRES_URL ?? ''));
const operations = only === undefined ? undefined : new Set(only.split(','));
const { failure } = await fuzz({
  ...service,
  document: documentOf(api),
  seed: Number(seed),
  requests: Number(requests),
  ...(operations && { operations }),
});
if (failure !== undefined) console.error(failure);
process.exit(failure === undefined ? 0 : 3); // It ends at once: open handles no longer matter.
