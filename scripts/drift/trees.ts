import {
  copyFileSync,
  existsSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { ROOT } from '../system/repository.ts';

const WORKSPACES = ['generated', 'runtime', 'bot', 'backend', 'sandbox', 'scripts'];
const FOLDERS = ['openapi', 'docs', ...WORKSPACES];
const FILES = ['package.json', 'tsconfig.base.json', 'redocly.yaml', 'biome.json'];
const SKIPPED = new Set(['node_modules', 'docs/pictures', 'scripts/faults', 'scripts/drift', 'openapi/released']);

/** A copy of the repository that may be broken; packages of others are shared by a link. */
export interface Tree {
  readonly folder: string;
  readonly at: (...path: string[]) => string;
  readonly write: (path: string, text: string) => void;
}

export class Trees {
  readonly folder = mkdtempSync(join(tmpdir(), 'moddy-drift-'));
  /** The repository as it was at the start: all copies are of one moment. */
  readonly #seed = join(this.folder, 'seed');
  #count = 0;

  constructor() {
    symlinkSync(join(ROOT, 'node_modules'), join(this.folder, 'node_modules'));
    for (const name of FOLDERS) graft(join(ROOT, name), join(this.#seed, name), name, copyFileSync);
    for (const name of FILES) copyFileSync(join(ROOT, name), join(this.#seed, name));
  }

  plant(): Tree {
    this.#count += 1;
    const folder = join(this.folder, `tree${this.#count}`);
    graft(this.#seed, folder, '', linkSync);
    mkdirSync(join(folder, 'node_modules', '@moddy'), { recursive: true });
    for (const name of WORKSPACES) symlinkSync(join('..', '..', name), join(folder, 'node_modules', '@moddy', name));
    for (const name of WORKSPACES) {
      const own = join(ROOT, name, 'node_modules');
      if (existsSync(own)) symlinkSync(own, join(folder, name, 'node_modules'));
    }
    const at = (...path: string[]) => join(folder, ...path);
    return {
      folder,
      at,
      write: (path, text) => {
        mkdirSync(dirname(at(path)), { recursive: true });
        // Never through the link: that is the repository's own file.
        rmSync(at(path), { force: true });
        writeFileSync(at(path), text);
      },
    };
  }

  fell(tree: Tree): void {
    rmSync(tree.folder, { recursive: true });
  }

  clear(): void {
    rmSync(this.folder, { recursive: true });
  }
}

function graft(from: string, to: string, path: string, put: (source: string, target: string) => void): void {
  mkdirSync(to, { recursive: true });
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const { name } = entry;
    if (SKIPPED.has(name) || SKIPPED.has(join(path, name))) continue;
    if (entry.isDirectory()) graft(join(from, name), join(to, name), join(path, name), put);
    else put(join(from, name), join(to, name));
  }
}

/** Files of a folder of the repository, relative to its root. */
export function filesIn(folder: string, matches: RegExp): string[] {
  return readdirSync(join(ROOT, folder), { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile() && matches.test(entry.name) && !entry.parentPath.includes('node_modules'))
    .map((entry) => join(entry.parentPath, entry.name).slice(ROOT.length + 1))
    .sort();
}
