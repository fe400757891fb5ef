import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../compiler/json.ts';
import { edited } from '../../compiler/testing/document.ts';
import type { Mutant } from '../mutant.ts';
import { nodesOf } from './nodes.ts';
import { type Edit, OPERATORS } from './operators.ts';

export interface DocumentMutant extends Mutant {
  readonly api: string;
  readonly document: JsonObject;
}

/** Every operator at every place that it fits; an edit that leaves the document as it is is no mutation. */
export function documentMutants(api: string, document: JsonObject): DocumentMutant[] {
  return nodesOf(document)
    .flatMap((node) =>
      Object.entries(OPERATORS[node.kind] ?? {}).flatMap(([operator, edits]) =>
        edits(node).map((edit) => ({
          operator,
          place: `openapi/${api}.yaml ${edit.pointer || '/'}`,
          api,
          document: applied(document, edit),
        })),
      ),
    )
    .filter((mutant) => !isDeepStrictEqual(mutant.document, document));
}

/** The operators that change neither document: each would be a check that cannot fail. */
export const idleOperators = (mutants: readonly DocumentMutant[]): string[] =>
  Object.values(OPERATORS)
    .flatMap((operators) => Object.keys(operators))
    .filter((operator) => !mutants.some((mutant) => mutant.operator === operator));

function applied(document: JsonObject, { pointer, value }: Edit): JsonObject {
  const [path, rename] = pointer.split('|');
  if (path === undefined || rename === undefined) return edited(document, pointer, value);
  // A path keeps its place among the others.
  const name = path.slice('/paths/'.length).replaceAll('~1', '/');
  const paths = Object.entries(document.paths ?? {}).map(([key, item]) => [key === name ? String(value) : key, item]);
  return { ...document, paths: Object.fromEntries(paths) };
}
