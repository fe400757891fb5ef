import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { placeInText } from './statuses/place-in-text.ts';
import { statusFaults } from './statuses.ts';
import { readOptions } from './system/options.ts';

/* Every status that the runtime answers is documented where it can be answered, and only there. */

const options = readOptions({ root: { type: 'string', default: join(import.meta.dirname, '..') } });
const folder = join(options.root, 'openapi');

for (const file of readdirSync(folder).filter((name) => name.endsWith('.yaml'))) {
  const text = readFileSync(join(folder, file), 'utf8');
  for (const { pointer, message, cure } of statusFaults(parse(text))) {
    const { line, pasted } = placeInText(text, pointer);
    console.error(`openapi/${file}:${line}: ${message} (${pointer})`);
    if ('advice' in cure) console.error(`→ ${cure.advice}`);
    else {
      const { how, text: yaml } = pasted(cure.paste);
      console.error(`→ paste ${how}:\n${yaml}`);
    }
    process.exitCode = 1;
  }
}
if (process.exitCode) console.error('Then: make generate');
