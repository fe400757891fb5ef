import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join, relative, resolve, sep } from 'node:path';
import { parseArgs } from 'node:util';
import { compile } from './compiler/compile.ts';
import { keywordsPage } from './compiler/keywords.ts';
import { RejectedDocument } from './compiler/rejections.ts';
import { staleFiles } from './compiler/stale.ts';

const USAGE = `node scripts/generate.ts            openapi/*.yaml into generated/, and docs/contract-keywords.md
                         --check                      says whether they are what that would write
                         --document FILE [--out DIR] [--name NAME]   anybody's document into a folder, by default NAME beside it
                         --root DIR                   works on another tree`;

/** A mistake in how this was called: one sentence, no stack. */
class Mistake extends Error {}

function parsedOptions() {
  try {
    return parseArgs({
      options: {
        check: { type: 'boolean', default: false },
        document: { type: 'string' },
        out: { type: 'string' },
        name: { type: 'string' },
        root: { type: 'string', default: join(import.meta.dirname, '..') },
      },
    }).values;
  } catch (error) {
    throw new Mistake(`${error instanceof Error ? error.message.split('. ', 1)[0] : error}.\n${USAGE}`);
  }
}
type Options = ReturnType<typeof parsedOptions>;

const SUFFIX = /\.(?:ya?ml|json)$/;

/** The files to write, by path. */
async function outputs(options: Options): Promise<Map<string, string>> {
  const { root, document, check, out, name } = options;
  if (document !== undefined) {
    if (check) throw new Mistake('--check is for openapi/ alone; leave it out beside --document.');
    return foreign(document, root, out, name);
  }
  if (out !== undefined || name !== undefined) throw new Mistake('--out and --name go with --document.');
  const files = new Map([[join(root, 'docs', 'contract-keywords.md'), keywordsPage()]]);
  for (const entry of readdirSync(join(root, 'openapi'), { withFileTypes: true })) {
    if (entry.isDirectory()) continue;
    const file = join(root, 'openapi', entry.name);
    if (!entry.name.endsWith('.yaml'))
      throw new Mistake(
        `${relative(process.cwd(), file)}: documents here end with .yaml; rename it, or move it elsewhere.`,
      );
    const api = basename(file, '.yaml');
    const output = await compile(api, textOf(file), { file: relative(process.cwd(), file), isServed: true });
    for (const [path, text] of output) files.set(join(root, 'generated', api, path), text);
  }
  return files;
}

async function foreign(document: string, root: string, out: string | undefined, name: string | undefined) {
  if (!SUFFIX.test(document)) throw new Mistake(`${document}: expected a file that ends with .yaml, .yml or .json.`);
  const api = name ?? basename(document).replace(SUFFIX, '');
  const folder = resolve(out ?? join(dirname(document), api));
  const onLeftOut = (lines: readonly string[]) => {
    if (lines.length > 0) console.log(['left out:', ...lines].join('\n'));
  };
  const output = await compile(api, textOf(document), { file: relative(process.cwd(), resolve(document)), onLeftOut });
  const files = new Map([...output].map(([path, text]) => [join(folder, path), text]));
  if (!`${folder}${sep}`.startsWith(resolve(root) + sep))
    files.set(join(folder, 'package.json'), manifest(api, root, output));
  return files;
}

/** Outside the repository the output names what it imports: folders of this checkout, so that there is one copy of each. */
function manifest(name: string, root: string, output: ReadonlyMap<string, string>): string {
  const imports = [...output.values()].flatMap((text) => [...text.matchAll(/ from '(@[^/']+\/[^/']+|[^./'][^/']*)/g)]);
  const named = [...new Set(imports.map(([, one = '']) => one))].sort();
  const dependencies = Object.fromEntries(named.map((one) => [one, `file:${resolve(root, 'node_modules', one)}`]));
  return `${JSON.stringify({ name, private: true, type: 'module', dependencies }, null, 2)}\n`;
}

function textOf(file: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(file));
  } catch (error) {
    if (error instanceof TypeError) throw new Mistake(`${file} is not UTF-8; save it as that.`);
    const code = error instanceof Error && 'code' in error ? error.code : error;
    throw new Mistake(code === 'ENOENT' ? `${file} does not exist.` : `${file} cannot be read (${code}).`);
  }
}

function report(options: Options, files: ReadonlyMap<string, string>): void {
  const { root, check, document } = options;
  const stale = document === undefined ? staleFiles(files, join(root, 'generated')) : [];
  if (check) {
    for (const { path, why } of stale) console.error(`${relative(root, path)}: ${why}`);
    if (stale.length === 0) return;
    console.error('These files are not what the documents give. Fix it with: make generate');
    process.exitCode = 1;
    return;
  }
  for (const [path, text] of files) {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  }
  for (const { path, why } of stale) {
    if (why === 'extra') rmSync(path);
    console.log(`${relative(root, path)}: ${DONE[why]}`);
  }
  console.log(`generate: ${files.size} files in ${process.uptime().toFixed(1)} s`);
}

const DONE = { changed: 'updated', missing: 'created', extra: 'removed' } as const;

try {
  const options = parsedOptions();
  report(options, await outputs(options));
} catch (error) {
  // A system call names the path that it failed on: `EEXIST: file already exists, mkdir 'out'`.
  const isExplained = error instanceof RejectedDocument || error instanceof Mistake;
  if (!isExplained && !(error instanceof Error && 'syscall' in error)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
