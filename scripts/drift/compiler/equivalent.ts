import type { CompilerMutant } from './mutants.ts';

interface Known {
  readonly path: string;
  readonly operator: RegExp;
  /** How the changed node begins. */
  readonly source: string;
  readonly reason: string;
}

const TWICE = 'another rejection names the same place';
const UNREACHABLE = 'no value comes here that would show it';
const NO_COMMAS = 'without commas there is still one text per value';
const LAYOUT = 'only where a line breaks';
const REJECTED_BEFORE = 'the document is rejected already; only what stands for the schema differs';

/** Changes of the compiler that nothing can tell from the original, each with the reason. */
const KNOWN: readonly Known[] = [
  { path: 'read-yaml.ts', operator: /./, source: "rejections.add(pointer(), 'not a JSON value", reason: UNREACHABLE },
  {
    path: 'read-schema.ts',
    operator: /rejection/,
    source: "reader.rejections.add(pointer, 'expected a schema",
    reason: TWICE,
  },
  {
    path: 'read-all-of.ts',
    operator: /rejection/,
    source: "reader.rejections.add(place, 'expected a schema')",
    reason: TWICE,
  },
  { path: 'read-all-of.ts', operator: /never/, source: 'parts.length === 0', reason: REJECTED_BEFORE },
  {
    path: 'read-all-of.ts',
    operator: /comparison/,
    source: 'disjoint.length > 0',
    reason: 'an empty list of rules is no rule',
  },
  { path: 'read-typed.ts', operator: /never/, source: 'items === undefined', reason: TWICE },
  { path: 'read-typed.ts', operator: /never/, source: 'types.length === 0', reason: REJECTED_BEFORE },
  { path: 'forms.ts', operator: /never/, source: "mode === 'request'", reason: 'the suffix of this mode is empty' },
  { path: 'forms.ts', operator: /never/, source: 'target', reason: UNREACHABLE },
  { path: 'emit-operation.ts', operator: /./, source: "indent === ''", reason: LAYOUT },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: text of the compiler, not a template.
  { path: 'emit-operation.ts', operator: /piece/, source: '`${indent} `', reason: LAYOUT },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: text of the compiler, not a template.
  { path: 'emit-schema.ts', operator: /piece/, source: '`${indent} `', reason: LAYOUT },
  {
    path: 'verify-schemas.ts',
    operator: /part/,
    source: "[...inner, ['/additionalProperties'",
    reason: 'no properties stand beside a schema for free fields',
  },
  {
    path: 'runtime/schema.ts',
    operator: /never/,
    source: 'index < keys.length - 1',
    reason: 'without commas there is still one text per value',
  },
  { path: 'runtime/schema.ts', operator: /./, source: "typeof key === 'symbol'", reason: UNREACHABLE },
  { path: 'emit-schemas.ts', operator: /never/, source: 'schema === undefined', reason: UNREACHABLE },
  {
    path: 'read-all-of.ts',
    operator: /never/,
    source: "own(item, 'allOf') !== undefined",
    reason: 'readSchema reads it to the same object',
  },
  {
    path: 'apart.ts',
    operator: /./,
    source: "schema.kind === 'union' || schema.kind === 'reference'",
    reason: UNREACHABLE,
  },
  {
    path: 'emit-schema.ts',
    operator: /never/,
    source: 'first && alternatives.length === 1',
    reason: 'a union of one is that one',
  },
  { path: 'runtime/schema.ts', operator: /./, source: 'value === undefined', reason: UNREACHABLE },
  { path: 'runtime/schema.ts', operator: /./, source: 'index > 0', reason: NO_COMMAS },
  { path: 'runtime/schema.ts', operator: /./, source: 'index < keys.length - 1', reason: NO_COMMAS },
];

export const equivalence = ({ path, operator, source }: CompilerMutant): string | undefined =>
  KNOWN.find((one) => path.endsWith(one.path) && one.operator.test(operator) && source.startsWith(one.source))?.reason;
