import type { Forms, View } from './forms.ts';
import { at, isArray, isObject, type Json, type JsonObject, objectOr, own, type Scalar, typeOf } from './json.ts';
import type { DocumentModel } from './operation.ts';
import { reachable, type Schema } from './schema.ts';
import { edited } from './walk.ts';

/*
 * The document that openapi-typescript gets: each schema as it was understood, in one spelling. That tool reads some
 * spellings of OpenAPI differently (discriminators, narrowing allOf, readOnly, defaults), or not at all.
 */

export function documentForTypes(json: JsonObject, document: DocumentModel, forms: Forms): Json {
  const { paths, components } = objectOr(
    edited(json, 'document', ({ is }, value, key) =>
      is === 'left out' ? undefined : is === 'annotation' ? asText(key, value) : value,
    ),
  );
  const { schemas: _schemas, securitySchemes: _schemes, ...parts } = objectOr(components);
  const rewrite = rewriteIn(document, forms, objectOr(own(parts, 'headers')));
  return {
    openapi: '3.1.0',
    info: { title: document.name, version: document.version },
    paths: pathsOf(objectOr(paths), document, rewrite),
    components: { ...objectOr(rewrite(parts, '/components')), schemas: componentSchemas(document, forms) },
  };
}

/** Prose as its comment shows it: that tool takes a text for granted, and looks for files where an example has `$ref`. */
function asText(key: string, value: Json): Json {
  if (key === 'examples' && isArray(value)) return value.map((one) => asText('example', one));
  if (key === 'deprecated') return value === true;
  return typeof value === 'string' ? value : JSON.stringify(value, null, 2);
}

type Rewrite = (value: Json, pointer: string) => Json;

/** The operations that are compiled, with what stands around them. */
function pathsOf(items: JsonObject, { operations }: DocumentModel, rewrite: Rewrite): JsonObject {
  const paths: Record<string, Record<string, Json>> = {};
  for (const { id, path, method } of operations) {
    const pointer = at('/paths', path);
    const item = objectOr(own(items, path));
    const parameters = own(item, 'parameters');
    paths[path] ??= parameters === undefined ? {} : { parameters: rewrite(parameters, at(pointer, 'parameters')) };
    paths[path][method] = rewrite({ ...objectOr(own(item, method)), operationId: id }, at(pointer, method));
  }
  return paths;
}

/** Every component as it is answered; and as it is sent, where a request needs it and it differs. */
function componentSchemas(document: DocumentModel, forms: Forms): JsonObject {
  const printed: Record<string, Json> = {};
  const print = (name: string, schema: Schema, view: View) => {
    printed[forms.typeName(name, view)] ??= printSchema(schema, view, forms);
  };
  for (const [name, schema] of document.schemas) print(name, schema, 'answer');
  const seen = new Set<string>();
  for (const { requestBody } of document.operations) {
    for (const one of requestBody ? reachable(requestBody.schema, document.schemas, seen) : []) {
      const target = one.kind === 'reference' ? document.schemas.get(one.name) : undefined;
      if (one.kind !== 'reference' || target === undefined) continue;
      print(one.name, target, 'body');
      print(one.name, target, 'input');
    }
  }
  return printed;
}

/** Makes a copy with each schema as it was understood, and of each content the one media type that is compiled. */
function rewriteIn({ inline }: DocumentModel, forms: Forms, headers: JsonObject): Rewrite {
  const rewrite: Rewrite = (value, pointer) => {
    const schema = inline.get(pointer);
    if (schema) return printSchema(schema, /\/request(?:Body|Bodies)\//.test(pointer) ? 'body' : 'answer', forms);
    if (isArray(value)) return value.map((item, index) => rewrite(item, at(pointer, index)));
    if (!isObject(value)) return value;
    // That tool takes a header for required where it is referred to.
    const header = /^#\/components\/headers\/(.*)$/.exec(String(own(value, '$ref')))?.[1];
    if (header !== undefined) return rewrite(own(headers, header) ?? {}, at('/components/headers', header));
    const entries = Object.entries(value).map(([key, inner]): [string, Json] => {
      const place = at(pointer, key);
      if (key !== 'content' || !isObject(inner)) return [key, rewrite(inner, place)];
      const compiled = Object.keys(inner).flatMap((media) => {
        const schemaAt = at(at(place, media), 'schema');
        const shown = { ...objectOr(inner[media]), schema: rewrite({}, schemaAt) };
        return inline.has(schemaAt) ? [[media, shown] as const] : [];
      });
      return [key, compiled.length > 0 ? Object.fromEntries(compiled) : rewrite(inner, place)];
    });
    return Object.fromEntries(entries);
  };
  return rewrite;
}

function printSchema(schema: Schema, view: View, forms: Forms): JsonObject {
  const print = (inner: Schema) => printSchema(inner, view, forms);
  const notes = Object.fromEntries(Object.entries(schema.notes ?? {}).map(([key, note]) => [key, asText(key, note)]));
  switch (schema.kind) {
    case 'anything':
      return { ...notes };
    case 'reference':
      return { $ref: `#/components/schemas/${forms.typeName(schema.name, view)}`, ...notes };
    case 'literal':
      return { ...valuesOf(schema.values), ...notes };
    case 'array':
      return { type: 'array', items: print(schema.items), ...notes };
    case 'union':
      return { anyOf: schema.alternatives.map(print), ...notes };
    case 'object': {
      const shown = schema.properties.filter(({ only }) => only !== (view === 'answer' ? 'request' : 'response'));
      const certain = shown.filter((one) => one.required || (one.default !== undefined && view !== 'input'));
      const { additional } = schema;
      return {
        type: 'object',
        ...(shown.length > 0 && { properties: Object.fromEntries(shown.map((one) => [one.name, print(one.schema)])) }),
        ...(certain.length > 0 && { required: certain.map(({ name }) => name) }),
        ...(additional !== undefined && {
          additionalProperties: typeof additional === 'object' ? print(additional) : additional,
        }),
        ...notes,
      };
    }
    default:
      return { type: schema.kind, ...notes };
  }
}

/** With a type where there is one, which openapi-typescript puts into its comment. */
function valuesOf(values: readonly Scalar[]): JsonObject {
  const [type, ...others] = new Set(values.map((value) => typeOf(value)));
  const typed = type !== undefined && others.length === 0 ? { type } : {};
  const [only = null] = values;
  return values.length === 1 ? { ...typed, const: only } : { ...typed, enum: values };
}
