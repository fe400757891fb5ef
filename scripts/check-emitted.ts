import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { emittedDifferences, emittedDocument } from './emitted/compare.ts';

/* The document that the generated routes emit says what the hand-written one says. */

const root = join(import.meta.dirname, '..');
const names = readdirSync(join(root, 'openapi'))
  .filter((file) => file.endsWith('.yaml'))
  .map((file) => file.replace(/\.yaml$/, ''));

for (const name of names) {
  const written = parse(readFileSync(join(root, 'openapi', `${name}.yaml`), 'utf8'));
  const module = await import(join(root, 'generated', name, 'routes.ts'));
  for (const difference of emittedDifferences(written, emittedDocument(module))) {
    console.error(`openapi/${name}.yaml ${difference}`);
    process.exitCode = 1;
  }
}
if (process.exitCode)
  console.error('The generated routes say something else than the documents. Fix it with: make generate');
