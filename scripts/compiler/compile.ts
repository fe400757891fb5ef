import * as runtimeSchema from '@moddy/runtime/schema';
import { emitClient } from './emit-client.ts';
import { emitRoutes } from './emit-routes.ts';
import { emitSchemas, emitTypes } from './emit-schemas.ts';
import { camelCase } from './names.ts';
import type { DocumentModel } from './operation.ts';
import { byPrecedence } from './path-template.ts';
import { readDocument } from './read-document.ts';
import { placeOf, readYaml } from './read-yaml.ts';
import { RejectedDocument, Rejections } from './rejections.ts';
import { verifyOwned } from './verify-owned.ts';

/** The generated files by name. */
export type Output = ReadonlyMap<string, string>;

/** Words of TypeScript and of the generated modules, which a constant cannot have as its name. */
const TAKEN: ReadonlySet<string> = new Set([
  ...[
    'break',
    'case',
    'catch',
    'class',
    'const',
    'continue',
    'debugger',
    'default',
    'delete',
    'do',
    'else',
    'enum',
    'export',
  ],
  ...[
    'extends',
    'false',
    'finally',
    'for',
    'function',
    'if',
    'import',
    'in',
    'instanceof',
    'new',
    'null',
    'return',
    'super',
  ],
  ...[
    'switch',
    'this',
    'throw',
    'true',
    'try',
    'typeof',
    'var',
    'void',
    'while',
    'with',
    'yield',
    'await',
    'let',
    'static',
  ],
  ...['implements', 'interface', 'package', 'private', 'protected', 'public', 'arguments', 'eval'],
  ...[
    'z',
    'createRoute',
    'table',
    'routeConfig',
    'schemas',
    'operations',
    'paths',
    'internalClient',
    ...Object.keys(runtimeSchema),
  ],
]);

export interface CompileOptions {
  /** As messages name it; `<name>.yaml` by default. */
  readonly file?: string;
  /** The statuses that our runtime answers by itself must be documented as it answers them. */
  readonly isServed?: boolean;
}

/**
 * Compiles the text of a document.
 * @throws {RejectedDocument} naming everything that is not compiled.
 */
export async function compile(
  name: string,
  text: string,
  { file = `${name}.yaml`, isServed = false }: CompileOptions = {},
): Promise<Output> {
  const rejections = new Rejections();
  const json = readYaml(text, rejections);
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || TAKEN.has(camelCase(name))) {
    rejections.add(
      '',
      `the file's name, ${name}, becomes a constant; write it in kebab-case, and not a word of TypeScript`,
    );
  }
  const model = json === undefined ? undefined : readDocument(name, json, rejections);
  if (model !== undefined && isServed) verifyOwned(model, rejections);
  if (json === undefined || model === undefined || rejections.all.length > 0)
    throw new RejectedDocument(file, rejections.all, (pointer) => placeOf(text, pointer));
  const document: DocumentModel = {
    ...model,
    operations: [...model.operations].sort((one, other) => byPrecedence(one.path, other.path)),
  };
  return new Map([
    ['types.ts', await emitTypes(name, json)],
    ['schemas.ts', emitSchemas(document)],
    ['routes.ts', emitRoutes(document)],
    ['client.ts', emitClient(document)],
  ]);
}
