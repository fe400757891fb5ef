import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'yaml';
import { missingStatuses } from './statuses.ts';

/* Every status that the runtime can answer is documented for every operation. */

const { values: options } = parseArgs({
  options: { root: { type: 'string', default: join(import.meta.dirname, '..') } },
});
const folder = join(options.root, 'openapi');

for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
  for (const { pointer, status, why } of missingStatuses(parse(readFileSync(join(folder, file), 'utf8')))) {
    console.error(`openapi/${file} ${pointer}: ${status} is missing, which the runtime answers ${why}`);
    process.exitCode = 1;
  }
}
if (process.exitCode) console.error('Mend it by adding the responses to the document, then: make generate');
