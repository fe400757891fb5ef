import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const ROOT = join(import.meta.dirname, '..');
const read = (path: string) => JSON.parse(readFileSync(join(ROOT, path), 'utf8'));

interface Locked {
  readonly resolved?: string;
  readonly integrity?: string;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
}

/** `node_modules/a/node_modules/@b/c` → `@b/c`. */
const nameOf = (path: string) => path.slice(path.lastIndexOf('node_modules/') + 'node_modules/'.length);
const locked = Object.entries<Locked>(read('package-lock.json').packages).filter(([path]) =>
  path.includes('node_modules/'),
);
const manifests = ['package.json', ...globSync('*/package.json', { cwd: ROOT })];

describe('dependencies', () => {
  it.each(manifests)('of %s have exact versions', (path) => {
    const { dependencies = {}, devDependencies = {} } = read(path);
    const loose = Object.entries<string>({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version),
    );
    expect(loose).toEqual([]);
  });

  it('are locked by their content, without a registry address', () => {
    expect(locked.length).toBeGreaterThan(100);
    const wrong = locked.filter(([, { link, resolved, integrity }]) => !link && (resolved || !integrity));
    expect(wrong.map(([path]) => path)).toEqual([]);
  });

  it('run an install script only when allowScripts lists them', () => {
    const scripted = new Set(locked.flatMap(([path, { hasInstallScript }]) => (hasInstallScript ? nameOf(path) : [])));
    expect(Object.keys(read('package.json').allowScripts).sort()).toEqual([...scripted].sort());
  });
});
