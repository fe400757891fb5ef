import type { CompilerMutant } from './mutants.ts';

interface Known {
  readonly path: string;
  readonly operator: RegExp;
  /** How the changed node begins. */
  readonly said: string;
  readonly reason: string;
}

const TWICE = 'another refusal names the same place';
const UNREACHABLE = 'no value comes here that would show it';
const NO_COMMAS = 'without commas there is still one text per value';
const LAYOUT = 'only where a line breaks';
const REFUSED_BEFORE = 'the document is refused already; only what stands for the schema differs';

/** Changes of the compiler that nothing can tell from the original, each with the reason. */
const KNOWN: readonly Known[] = [
  { path: 'read-yaml.ts', operator: /./, said: "refusals.add(pointer(), 'not a JSON value", reason: UNREACHABLE },
  {
    path: 'read-schema.ts',
    operator: /refusal/,
    said: "reader.refusals.add(pointer, 'expected a schema",
    reason: TWICE,
  },
  {
    path: 'read-all-of.ts',
    operator: /refusal/,
    said: "reader.refusals.add(place, 'expected a schema')",
    reason: TWICE,
  },
  { path: 'read-all-of.ts', operator: /never/, said: 'parts.length === 0', reason: REFUSED_BEFORE },
  {
    path: 'read-all-of.ts',
    operator: /comparison/,
    said: 'disjoint.length > 0',
    reason: 'an empty list of rules is no rule',
  },
  { path: 'read-typed.ts', operator: /never/, said: 'items === undefined', reason: TWICE },
  { path: 'read-typed.ts', operator: /never/, said: 'types.length === 0', reason: REFUSED_BEFORE },
  { path: 'forms.ts', operator: /never/, said: "mode === 'request'", reason: 'the suffix of this mode is empty' },
  { path: 'forms.ts', operator: /never/, said: 'target', reason: UNREACHABLE },
  { path: 'emit-operation.ts', operator: /./, said: "indent === ''", reason: LAYOUT },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: text of the compiler, not a template.
  { path: 'emit-operation.ts', operator: /piece/, said: '`${indent} `', reason: LAYOUT },
  // biome-ignore lint/suspicious/noTemplateCurlyInString: text of the compiler, not a template.
  { path: 'emit-schema.ts', operator: /piece/, said: '`${indent} `', reason: LAYOUT },
  {
    path: 'verify-schemas.ts',
    operator: /part/,
    said: "[...inner, ['/additionalProperties'",
    reason: 'no properties stand beside a schema for free fields',
  },
  {
    path: 'runtime/schema.ts',
    operator: /never/,
    said: 'index < keys.length - 1',
    reason: 'without commas there is still one text per value',
  },
  { path: 'runtime/schema.ts', operator: /./, said: "typeof key === 'symbol'", reason: UNREACHABLE },
  { path: 'emit-schemas.ts', operator: /never/, said: 'schema === undefined', reason: UNREACHABLE },
  {
    path: 'read-all-of.ts',
    operator: /never/,
    said: "own(item, 'allOf') !== undefined",
    reason: 'readSchema reads it to the same object',
  },
  {
    path: 'apart.ts',
    operator: /./,
    said: "schema.kind === 'union' || schema.kind === 'reference'",
    reason: UNREACHABLE,
  },
  {
    path: 'emit-schema.ts',
    operator: /never/,
    said: 'first && alternatives.length === 1',
    reason: 'a union of one is that one',
  },
  { path: 'runtime/schema.ts', operator: /./, said: 'value === undefined', reason: UNREACHABLE },
  { path: 'runtime/schema.ts', operator: /./, said: 'index > 0', reason: NO_COMMAS },
  { path: 'runtime/schema.ts', operator: /./, said: 'index < keys.length - 1', reason: NO_COMMAS },
];

export const equivalence = ({ path, operator, said }: CompilerMutant): string | undefined =>
  KNOWN.find((one) => path.endsWith(one.path) && one.operator.test(operator) && said.startsWith(one.said))?.reason;
