import * as runtimeSchema from '@moddy/runtime/schema';
import { emitClient } from './emit-client.ts';
import { emitRoutes } from './emit-routes.ts';
import { emitSchemas, emitTypes } from './emit-schemas.ts';
import { isObject } from './json.ts';
import { camelCase, kebabCase } from './names.ts';
import type { DocumentModel } from './operation.ts';
import { byPrecedence } from './path-template.ts';
import { Place } from './place.ts';
import { readDocument } from './read-document.ts';
import { readYaml } from './read-yaml.ts';
import { RejectedDocument, Rejections, rows } from './rejections.ts';
import { verifyOwned } from './verify-owned.ts';

/** The generated files by name. */
export type Output = ReadonlyMap<string, string>;

/** Words of TypeScript, and names that stand in the generated modules beside the document's constant. */
const TAKEN: ReadonlySet<string> = new Set([
  ...`break case catch class const continue debugger default delete do else enum export extends false finally for function
  if import in instanceof new null return super switch this throw true try typeof var void while with yield await let static
  implements interface package private protected public arguments eval undefined z createRoute table routeConfig schemas
  operations components paths internalClient options http call init body error status`.split(/\s+/),
  ...Object.keys(runtimeSchema),
]);

export interface CompileOptions {
  /** As messages name it; `<name>.yaml` by default. */
  readonly file?: string;
  /** One of our own: it says only what our runtime serves, and the statuses that it answers by itself. */
  readonly isServed?: boolean;
  /** Gets what is left out of a foreign document, a line each. */
  readonly onLeftOut?: (lines: readonly string[]) => void;
}

/**
 * Compiles the text of a document.
 * @throws {RejectedDocument} naming everything that is not compiled.
 */
export async function compile(
  name: string,
  text: string,
  { file = `${name}.yaml`, isServed = false, onLeftOut }: CompileOptions = {},
): Promise<Output> {
  const rejections = new Rejections(isServed);
  const { json, placeOf } = readYaml(text, rejections);
  if (!/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(name) || TAKEN.has(camelCase(name))) {
    const suggested = kebabCase(name);
    const free = TAKEN.has(camelCase(suggested)) ? `${suggested}-api` : suggested;
    rejections.add('', `the name ${name} becomes a constant; write ${free}`);
  }
  const model = json === undefined ? undefined : readDocument(name, json, rejections);
  if (model !== undefined && isServed) verifyOwned(model, new Place(undefined, '/paths', rejections));
  if (!isObject(json) || model === undefined || rejections.all.length > 0)
    throw new RejectedDocument(file, rejections.all, placeOf);
  onLeftOut?.(rows(file, rejections.leftOut, placeOf));
  const document: DocumentModel = {
    ...model,
    operations: [...model.operations].sort((one, other) => byPrecedence(one.path, other.path)),
  };
  return new Map([
    ['types.ts', await emitTypes(document, json)],
    ['schemas.ts', emitSchemas(document)],
    ['routes.ts', emitRoutes(document)],
    ['client.ts', emitClient(document)],
  ]);
}
