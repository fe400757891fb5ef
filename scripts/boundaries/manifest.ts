import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Target } from './imports.ts';

interface PackageJson {
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly devDependencies?: Readonly<Record<string, string>>;
}

/** The dependencies and tools that a workspace declares. */
export class Manifest {
  readonly #workspace: string;
  readonly #dependencies: ReadonlySet<string>;
  readonly #tools: ReadonlySet<string>;

  constructor(root: string, workspace: string) {
    const own = read(join(root, workspace, 'package.json'));
    const shared = read(join(root, 'package.json'));
    this.#workspace = workspace;
    this.#dependencies = new Set(Object.keys(own.dependencies ?? {}));
    this.#tools = new Set([...Object.keys(own.devDependencies ?? {}), ...Object.keys(shared.devDependencies ?? {})]);
  }

  /** Why an import of a package is not covered. */
  missing(target: Target, production: boolean): string | undefined {
    const name = target.package;
    if (name === undefined) {
      if (target.workspace === this.#workspace || (!production && target.workspace === undefined)) return undefined;
      return target.workspace === '..'
        ? undefined
        : `leaves its folder by ${target.path}: import it as @moddy/${target.workspace}/…`;
    }
    if (name === `@moddy/${this.#workspace}` || this.#dependencies.has(name)) return undefined;
    if (!production && this.#tools.has(name)) return undefined;
    return `imports ${name}, which ${this.#workspace}/package.json does not declare: add it to its dependencies`;
  }
}

// The files are ours; a wrong form shows as an undeclared package.
const read = (file: string): PackageJson =>
  existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as PackageJson) : {};
