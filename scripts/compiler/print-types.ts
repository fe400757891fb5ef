import type { Forms, View } from './forms.ts';
import { at, isArray, isObject, type Json, type JsonObject, objectOr, own, type Scalar, typeOf } from './json.ts';
import type { DocumentModel } from './operation.ts';
import { reachable, type Schema } from './schema.ts';

/*
 * The document that openapi-typescript gets: each schema as it was understood, in one spelling. That tool reads some
 * spellings of OpenAPI differently (discriminators, narrowing allOf, readOnly, defaults), or not at all.
 */

export function documentForTypes(json: JsonObject, document: DocumentModel, forms: Forms): Json {
  const { paths: _paths, webhooks: _webhooks, components, ...rest } = json;
  const { schemas: _schemas, callbacks: _callbacks, links: _links, pathItems: _items, ...parts } = objectOr(components);
  const rewrite = (value: Json, pointer: string) =>
    rewritten(value, pointer, { document, forms, headers: objectOr(own(parts, 'headers')) });
  return {
    ...rest,
    paths: pathsOf(json, document, rewrite),
    components: { ...objectOr(rewrite(parts, '/components')), schemas: componentSchemas(document, forms) },
  };
}

type Rewrite = (value: Json, pointer: string) => Json;

/** The operations that are compiled, with what stands around them. */
function pathsOf(json: JsonObject, { operations }: DocumentModel, rewrite: Rewrite): JsonObject {
  const paths: Record<string, Record<string, Json>> = {};
  for (const { id, path, method } of operations) {
    const pointer = at('/paths', path);
    const item = objectOr(own(objectOr(own(json, 'paths')), path));
    const { callbacks: _, ...operation } = objectOr(own(item, method));
    const parameters = own(item, 'parameters');
    paths[path] ??= parameters === undefined ? {} : { parameters: rewrite(parameters, at(pointer, 'parameters')) };
    paths[path][method] = rewrite({ ...operation, operationId: id }, at(pointer, method));
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

interface Around {
  readonly document: DocumentModel;
  readonly forms: Forms;
  readonly headers: JsonObject;
}

/** A copy with each schema as it was understood, and of each content the one media type that is compiled. */
function rewritten(value: Json, pointer: string, around: Around): Json {
  const { document, forms, headers } = around;
  const schema = document.inline.get(pointer);
  if (schema) return printSchema(schema, /\/request(?:Body|Bodies)\//.test(pointer) ? 'body' : 'answer', forms);
  if (isArray(value)) return value.map((item, index) => rewritten(item, at(pointer, index), around));
  if (!isObject(value)) return value;
  // That tool takes a header for required where it is referred to.
  const header = /^#\/components\/headers\/(.*)$/.exec(String(own(value, '$ref')))?.[1];
  if (header !== undefined) return rewritten(own(headers, header) ?? {}, at('/components/headers', header), around);
  const entries = Object.entries(value).flatMap(([key, inner]): [string, Json][] => {
    const place = at(pointer, key);
    if (key === 'links' && /\/responses\/[^/]+$/.test(pointer)) return [];
    if (key !== 'content' || !isObject(inner)) return [[key, rewritten(inner, place, around)]];
    const compiled = Object.keys(inner).flatMap((media) => {
      const one = document.inline.get(at(at(place, media), 'schema'));
      const shown = { ...objectOr(inner[media]), schema: rewritten({}, at(at(place, media), 'schema'), around) };
      return one ? [[media, shown] as const] : [];
    });
    return [[key, compiled.length > 0 ? Object.fromEntries(compiled) : rewritten(inner, place, around)]];
  });
  return Object.fromEntries(entries);
}

function printSchema(schema: Schema, view: View, forms: Forms): JsonObject {
  const print = (inner: Schema) => printSchema(inner, view, forms);
  const { notes } = schema;
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
