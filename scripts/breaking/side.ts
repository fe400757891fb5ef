import { isArray, isObject, type Json, type JsonObject, own } from '../compiler/json.ts';
import { valueAt } from '../conformance/document.ts';

/** `sent`: an old caller's request meets the new server. `answered`: a new server's answer meets an old reader. */
export type Direction = 'sent' | 'answered';

/** A schema with the document that it stands in. */
export interface Side {
  readonly document: JsonObject;
  readonly schema: Json | undefined;
}

/** What a schema refers to, or itself. */
export function followed({ document, schema }: Side): Side {
  const ref = isObject(schema) ? own(schema, '$ref') : undefined;
  return typeof ref === 'string'
    ? followed({ document, schema: valueAt(document, ref.slice(1)) })
    : { document, schema };
}

export const inner = (side: Side, schema: Json | undefined): Side => followed({ document: side.document, schema });

export const jsonOf = ({ schema }: Side): JsonObject => (isObject(schema) ? schema : {});

export const listAt = (json: JsonObject, key: string): readonly Json[] => {
  const value = own(json, key);
  return isArray(value) ? value : [];
};

export const propertiesOf = (json: JsonObject): JsonObject => {
  const value = own(json, 'properties');
  return isObject(value) ? value : {};
};

/** The properties that travel in a direction: `readOnly` ones are only answered, `writeOnly` ones only sent. */
export const shownProperties = (side: Side, direction: Direction): JsonObject =>
  Object.fromEntries(
    Object.entries(propertiesOf(jsonOf(side))).filter(
      ([, schema]) => own(jsonOf(inner(side, schema)), direction === 'sent' ? 'readOnly' : 'writeOnly') !== true,
    ),
  );

/** The listed values of an enum or const; none where any value is allowed. */
export const valuesOf = (json: JsonObject): readonly Json[] => {
  const constant = own(json, 'const');
  return constant === undefined ? listAt(json, 'enum') : [constant];
};
