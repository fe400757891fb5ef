import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface StaleFile {
  readonly path: string;
  readonly why: 'changed' | 'missing' | 'extra';
}

/** Written by hand, and the only such file there. */
const BY_HAND = new Set(['package.json']);

/** Which files of a folder are not what generating would write there. */
export function staleFiles(files: ReadonlyMap<string, string>, folder: string): StaleFile[] {
  const stale: StaleFile[] = [];
  for (const [path, text] of files) {
    if (!existsSync(path)) stale.push({ path, why: 'missing' });
    else if (readFileSync(path, 'utf8') !== text) stale.push({ path, why: 'changed' });
  }
  const entries = existsSync(folder) ? readdirSync(folder, { withFileTypes: true, recursive: true }) : [];
  for (const entry of entries) {
    const path = join(entry.parentPath, entry.name);
    if (entry.isFile() && !files.has(path) && !(entry.parentPath === folder && BY_HAND.has(entry.name)))
      stale.push({ path, why: 'extra' });
  }
  return stale;
}
