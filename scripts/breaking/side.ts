import { isArray, isObject, type Json, type JsonObject, listAt, listOr, objectAt, own } from '../compiler/json.ts';
import { schemaKeywords } from '../compiler/keywords.ts';
import { valueAt } from '../conformance/document.ts';
import { intersection } from './intersection.ts';

/** `sent`: an old caller's request meets the new server. `answered`: a new server's answer meets an old reader. */
export type Direction = 'sent' | 'answered';

/** A schema with the document that it stands in. */
export interface Side {
  readonly document: JsonObject;
  readonly schema: Json | undefined;
}

/** A schema as one object without `$ref` and `allOf`: the schemas it refers to and the keywords beside them, together. */
export function followed({ document, schema }: Side): Side {
  if (!isObject(schema) || !SPELLINGS.some((key) => own(schema, key) !== undefined)) return { document, schema };
  return { document, schema: remembered(WHOLES, { document, schema }, () => wholeOf(document, schema)) };
}

/** Keywords for which there is another spelling. */
const SPELLINGS = ['$ref', 'allOf', 'nullable', 'unevaluatedProperties'];

export type Memory<T> = WeakMap<JsonObject, Map<string, T>>;
const WHOLES: Memory<JsonObject> = new WeakMap();

/** Makes one object of what schemas of one text mean, by which a recursive schema is known again. */
export function remembered<T>(memory: Memory<T>, { document, schema }: Side, make: () => T): T {
  const ofDocument = memory.get(document) ?? new Map<string, T>();
  memory.set(document, ofDocument);
  const text = JSON.stringify(schema ?? {});
  const made = ofDocument.get(text) ?? make();
  ofDocument.set(text, made);
  return made;
}

/** Whether a schema says more than prose. */
export const asserts = (schema: JsonObject): boolean =>
  Object.keys(schema).some((key) => (schemaKeywords.has(key) && key !== 'discriminator') || key === 'format');

function wholeOf(document: JsonObject, schema: JsonObject): JsonObject {
  const { $ref: ref, allOf, nullable, unevaluatedProperties: closing, ...rest } = schema;
  const type = nullable === true && rest.type !== undefined ? { type: [...typesIn(rest), 'null'] } : {};
  const beside = { ...rest, ...type };
  const target = typeof ref === 'string' ? [valueAt(document, ref.slice(1)) ?? {}] : [];
  const parts = [...target, ...listOr(allOf)].map((part) => jsonOf(followed({ document, schema: part })));
  const [only, ...others] = parts;
  if (only && others.length === 0 && closing === undefined && !asserts(beside)) return only;
  const whole = [...parts, beside].reduce(intersection);
  const isClosed = closing !== undefined && own(whole, 'additionalProperties') === undefined;
  return isClosed ? { ...whole, additionalProperties: closing } : whole;
}

export const inner = (side: Side, schema: Json | undefined): Side => followed({ document: side.document, schema });

export const jsonOf = ({ schema }: Side): JsonObject => (isObject(schema) ? schema : {});

export const propertiesOf = (json: JsonObject): JsonObject => objectAt(json, 'properties');

/** The types that a schema states. */
export function typesIn(json: JsonObject): readonly Json[] {
  const type = own(json, 'type');
  return isArray(type) ? type : type === undefined ? [] : [type];
}

/** The properties that travel in a direction: `readOnly` ones are only answered, `writeOnly` ones only sent. */
export const shownProperties = (side: Side, direction: Direction): JsonObject =>
  Object.fromEntries(
    Object.entries(propertiesOf(jsonOf(side))).filter(
      ([, schema]) => own(jsonOf(inner(side, schema)), direction === 'sent' ? 'readOnly' : 'writeOnly') !== true,
    ),
  );

/** The alternatives of a schema, each with the keywords that stand beside them; none where it has none. */
export function branchesOf(json: JsonObject): readonly Json[] {
  for (const key of ['anyOf', 'oneOf']) {
    const { [key]: listed, ...rest } = json;
    const branches = listOr(listed).map((one) => (asserts(rest) ? { allOf: [rest, one] } : one));
    if (branches.length > 0) return branches;
  }
  return [];
}

/** The listed values of an enum or const; none where any value is allowed. */
export const valuesOf = (json: JsonObject): readonly Json[] => {
  const constant = own(json, 'const');
  return constant === undefined ? listAt(json, 'enum') : [constant];
};
