import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { parseArgs } from 'node:util';
import { compile } from './compiler/compile.ts';
import { keywordsPage } from './compiler/keywords-page.ts';
import { RejectedDocument } from './compiler/rejections.ts';
import { staleFiles } from './compiler/stale.ts';

/*
 * node scripts/generate.ts                             openapi/*.yaml into generated/, and docs/contract-keywords.md
 * node scripts/generate.ts --check                     says whether they are what that would write
 * node scripts/generate.ts --document FILE --out DIR   one document of OpenAPI 3.1 into a folder
 * --root DIR                                           works on another tree
 */

const { values: options } = parseArgs({
  options: {
    check: { type: 'boolean', default: false },
    document: { type: 'string' },
    out: { type: 'string' },
    root: { type: 'string', default: join(import.meta.dirname, '..') },
  },
});
const { root } = options;

const nameOf = (file: string) => basename(file).replace(/\.ya?ml$/, '');

/** The files to write, by path. */
async function outputs(): Promise<Map<string, string>> {
  const { document } = options;
  if (document !== undefined)
    return compiled(document, options.out ?? join(root, 'generated', nameOf(document)), false);
  const files = new Map([[join(root, 'docs', 'contract-keywords.md'), keywordsPage()]]);
  for (const file of readdirSync(join(root, 'openapi')).filter((name) => name.endsWith('.yaml'))) {
    const folder = join(root, 'generated', nameOf(file));
    for (const [path, text] of await compiled(join(root, 'openapi', file), folder, true)) files.set(path, text);
  }
  return files;
}

async function compiled(file: string, folder: string, isServed: boolean): Promise<Map<string, string>> {
  const output = await compile(nameOf(file), readFileSync(file, 'utf8'), {
    file: relative(process.cwd(), file),
    isServed,
  });
  return new Map([...output].map(([name, text]) => [join(folder, name), text]));
}

try {
  const files = await outputs();
  const stale = options.document === undefined ? staleFiles(files, join(root, 'generated')) : [];
  if (options.check) {
    for (const { path, why } of stale) console.error(`${relative(root, path)}: ${why}`);
    if (stale.length > 0) {
      console.error('These files are not what the documents give. Mend it with: make generate');
      process.exitCode = 1;
    }
  } else {
    for (const [path, text] of files) {
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    for (const { path, why } of stale) {
      if (why === 'extra') rmSync(path);
      console.log(`${relative(root, path)}: was ${why}`);
    }
    console.log(`generate: ${files.size} files in ${process.uptime().toFixed(1)} s`);
  }
} catch (error) {
  if (!(error instanceof RejectedDocument)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
