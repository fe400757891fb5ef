import openapiTS, { astToString } from 'openapi-typescript';
import { header } from './emit-schemas.ts';
import { isArray, isObject, type Json, own } from './json.ts';

/** The text of types.ts. */
export async function emitTypes(name: string, document: Json): Promise<string> {
  // openapi-typescript resolves in place; and it takes the document as text without looking for files.
  const text = JSON.stringify(withoutDiscriminators(document));
  return `${header(name)}\n${astToString(await openapiTS(text))}`;
}

/**
 * A discriminator asserts nothing, but openapi-typescript rewrites the alternatives by it: a property becomes the values
 * of `mapping`, or the schema's name, whatever the document says of it. The alternatives were verified to say it.
 */
function withoutDiscriminators(value: Json): Json {
  if (isArray(value)) return value.map(withoutDiscriminators);
  if (!isObject(value)) return value;
  // Only a schema has a list there: where properties are named so, each is an object.
  const discriminated = isArray(own(value, 'oneOf') ?? own(value, 'anyOf') ?? null);
  return Object.fromEntries(
    Object.entries(value)
      .filter(([key]) => !(discriminated && key === 'discriminator'))
      .map(([key, inner]) => [key, withoutDiscriminators(inner)]),
  );
}
