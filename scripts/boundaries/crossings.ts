import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import ts from 'typescript';
import { specifierOf, type Target, targetOf } from './imports.ts';

type Versions = Readonly<Record<string, string>>;
interface PackageJson {
  readonly dependencies?: Versions;
  readonly devDependencies?: Versions;
}

/** The packages that a workspace declares, and those that only its tests and tools may import. */
interface Declared {
  readonly production: Versions;
  readonly tools: Versions;
}

export interface Crossing {
  /** Relative to the root, with its line. */
  readonly place: string;
  readonly message: string;
}

/** Which workspaces the production files of a workspace may import. */
const ALLOWED: Readonly<Record<string, readonly string[]>> = {
  bot: ['bot', 'generated', 'runtime'],
  backend: ['backend', 'generated', 'runtime'],
  generated: ['generated', 'runtime'],
  runtime: ['runtime'],
};
/** The rooms of a service from bottom to top: each imports rooms before it, and files outside any room. */
const FLOORS: Readonly<Record<string, readonly string[]>> = {
  backend: [
    'database',
    'queue',
    'outbox',
    'billing',
    'refunds',
    'events',
    'health',
    'reconciliation',
    'site',
    'operations',
    'operator',
  ],
  bot: ['discord', 'messages', 'events', 'commands', 'gateway', 'operations', 'doctor'],
};
/** Development tools: they may import everything that is declared, and nobody in production imports them. */
const TOOLS: ReadonlySet<string> = new Set(['sandbox', 'scripts', 'bench']);
const SKIPPED: ReadonlySet<string> = new Set(['node_modules', 'fixtures', 'migrations', '.data', '.cache', '.git']);

/**
 * Everything that one workspace takes from another against the rules, every path of the contract written by hand, and
 * every transaction that is not ours.
 */
export function crossings(root: string): Crossing[] {
  const workspaces = [...Object.keys(ALLOWED), ...TOOLS].filter((name) => existsSync(join(root, name, 'package.json')));
  const paths = contractPaths(root);
  return workspaces.flatMap((workspace) => {
    const own = read(join(root, workspace, 'package.json'));
    const shared = read(join(root, 'package.json'));
    const declared = {
      production: own.dependencies ?? {},
      tools: { ...own.devDependencies, ...shared.devDependencies },
    };
    return sourceFiles(join(root, workspace)).flatMap((file) => crossingsOf(file, root, workspace, declared, paths));
  });
}

/** Not started in production: tests, files that only tests use, and the tools. */
const isProduction = (path: string): boolean =>
  !/\.test\.ts$/.test(path) &&
  !path.split('/').includes('testing') &&
  !TOOLS.has(path.split('/')[0] ?? '') &&
  !/\.config\.ts$/.test(path);

function crossingsOf(
  file: string,
  root: string,
  workspace: string,
  declared: Declared,
  paths: readonly RegExp[],
): Crossing[] {
  const path = relative(root, file).split(sep).join('/');
  const production = isProduction(path);
  const source = ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.ESNext, true);
  const found: Crossing[] = [];
  const add = (node: ts.Node, message: string) => {
    const { line } = source.getLineAndCharacterOfPosition(node.getStart(source));
    found.push({ place: `${path}:${line + 1}`, message });
  };
  const visit = (node: ts.Node): void => {
    const specifier = specifierOf(node);
    const target = specifier && targetOf(specifier.text, file, root);
    if (specifier && target) {
      const why = production ? productionFault(target, path) : undefined;
      if (why) add(specifier, `imports ${specifier.text}: ${why}`);
      if (workspace === 'backend' && target.package === 'drizzle-orm' && loads(node))
        add(specifier, `loads ${specifier.text}: take it from database/drizzle.ts, whose build starts a second sooner`);
      const missing = undeclared(target, workspace, declared, production);
      if (missing) add(specifier, missing);
    } else if (production && workspace !== 'generated' && isText(node)) {
      if (paths.some((one) => one.test(node.text)))
        add(
          node,
          `writes ${node.text}, a path of the contract, by hand: take it from generated/, or call the operation's client`,
        );
    } else if (production && workspace === 'backend' && isOwnTransaction(node)) {
      add(node, "begins the library's own transaction: use database/transaction.ts, which destroys broken connections");
    }
    ts.forEachChild(node, visit);
  };
  visit(source);
  return found;
}

function productionFault(target: Target, file: string): string | undefined {
  const { workspace, path } = target;
  const [from = '', room = ''] = file.split('/');
  if (workspace === undefined) return undefined;
  if (!ALLOWED[from]?.includes(workspace)) return `${from}/ may import ${ALLOWED[from]?.join(', ')} only`;
  if (path !== undefined && !isProduction(path)) return 'a production file never imports what is for tests';
  return workspace === from ? floorFault(from, room, path?.split('/')[1] ?? '') : undefined;
}

/** Why an import is none of the workspace's own, and of none of the packages that it declares. */
function undeclared(
  { package: name, workspace, path }: Target,
  from: string,
  declared: Declared,
  production: boolean,
): string | undefined {
  if (name === undefined) {
    if (workspace === from || workspace === '..' || (!production && workspace === undefined)) return undefined;
    return `leaves its folder by ${path}: import it as @moddy/${workspace}/…`;
  }
  if (name === `@moddy/${from}` || name in declared.production || (!production && name in declared.tools))
    return undefined;
  return `imports ${name}, which ${from}/package.json does not declare: add it to its dependencies`;
}

// The files are ours; a wrong form shows as an undeclared package.
const read = (file: string): PackageJson => JSON.parse(readFileSync(file, 'utf8'));

/** Files outside rooms (`start.ts`, `config.ts`) are on no floor. */
function floorFault(workspace: string, from: string, to: string): string | undefined {
  const floors = FLOORS[workspace] ?? [];
  const upwards = floors.includes(from) && floors.indexOf(to) > floors.indexOf(from);
  return upwards ? `${from}/ is below ${to}/: move what both need down, or pass it in` : undefined;
}

/** An import that Node follows; types are erased before. */
const loads = (node: ts.Node): boolean =>
  (ts.isImportDeclaration(node) && node.importClause?.phaseModifier !== ts.SyntaxKind.TypeKeyword) ||
  (ts.isExportDeclaration(node) && !node.isTypeOnly);

/** A call of `.transaction(…)`: the library keeps a connection whose transaction it could not end. */
const isOwnTransaction = (node: ts.Node): boolean =>
  ts.isCallExpression(node) &&
  ts.isPropertyAccessExpression(node.expression) &&
  node.expression.name.text === 'transaction';

function sourceFiles(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (SKIPPED.has(entry.name)) return [];
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return sourceFiles(path);
    return entry.isFile() && entry.name.endsWith('.ts') ? [path] : [];
  });
}

const isText = (node: ts.Node): node is ts.StringLiteralLike | ts.TemplateLiteralLikeNode =>
  ts.isStringLiteralLike(node) || ts.isTemplateHead(node) || ts.isTemplateMiddle(node) || ts.isTemplateTail(node);

/** Patterns that find a path of the documents in a text; `/` is no secret. */
export function contractPaths(root: string): RegExp[] {
  const folder = join(root, 'openapi');
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.yaml')) : [];
  // A path stands at the beginning of its line, two deep; no need to understand the rest.
  const found = files.flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/^ {2}(\/[^\s:]+):/gm)].map((match) => match[1] ?? ''),
  );
  return [...new Set(found)].map((path) => new RegExp(`${path.replace(/[.{}]/g, '\\$&')}(?![\\w-])`));
}
