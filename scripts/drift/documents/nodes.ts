import { at, isObject, type JsonObject, listAt, objectAt, own } from '../../compiler/json.ts';
import { METHODS } from '../../conformance/document.ts';

export type NodeKind = 'document' | 'path item' | 'operation' | 'parameter' | 'body' | 'response' | 'header' | 'schema';

/** A place of a document that operators may change. */
export interface Node {
  readonly kind: NodeKind;
  readonly pointer: string;
  readonly json: JsonObject;
}

/** Every place of a document, each with its kind. */
export function nodesOf(document: JsonObject): Node[] {
  const components = objectAt(document, 'components');
  const nodes: Node[] = [{ kind: 'document', pointer: '', json: document }];
  for (const [path, item] of entries(objectAt(document, 'paths'))) {
    const pointer = at('/paths', path);
    nodes.push({ kind: 'path item', pointer, json: item });
    for (const method of METHODS)
      if (isObject(own(item, method))) nodes.push(...inOperation(objectAt(item, method), at(pointer, method)));
  }
  const kinds = {
    parameters: inField('parameter'),
    headers: inField('header'),
    responses: inResponse,
    schemas: inSchema,
  };
  for (const [name, read] of Object.entries(kinds)) {
    for (const [key, json] of entries(objectAt(components, name)))
      nodes.push(...read(json, at(`/components/${name}`, key)));
  }
  return nodes;
}

const entries = (json: JsonObject): [string, JsonObject][] =>
  Object.entries(json).flatMap(([key, value]): [string, JsonObject][] => (isObject(value) ? [[key, value]] : []));

function inOperation(json: JsonObject, pointer: string): Node[] {
  const body = objectAt(json, 'requestBody');
  return [
    { kind: 'operation', pointer, json },
    ...(own(json, 'requestBody') === undefined
      ? []
      : [
          { kind: 'body' as const, pointer: `${pointer}/requestBody`, json: body },
          ...inContent(body, `${pointer}/requestBody`),
        ]),
    ...entries(objectAt(json, 'responses')).flatMap(([status, one]) =>
      inResponse(one, at(`${pointer}/responses`, status)),
    ),
  ];
}

const inContent = (json: JsonObject, pointer: string): Node[] =>
  entries(objectAt(json, 'content')).flatMap(([type, media]) =>
    inSchema(objectAt(media, 'schema'), `${at(`${pointer}/content`, type)}/schema`),
  );

const inField =
  (kind: 'parameter' | 'header') =>
  (json: JsonObject, pointer: string): Node[] =>
    own(json, '$ref') === undefined
      ? [{ kind, pointer, json }, ...inSchema(objectAt(json, 'schema'), `${pointer}/schema`)]
      : [];

function inResponse(json: JsonObject, pointer: string): Node[] {
  const headers = entries(objectAt(json, 'headers')).flatMap(([name, one]) =>
    inField('header')(one, at(`${pointer}/headers`, name)),
  );
  return [{ kind: 'response', pointer, json }, ...headers, ...inContent(json, pointer)];
}

function inSchema(json: JsonObject, pointer: string): Node[] {
  const inner: Node[] = [];
  for (const [name, one] of entries(objectAt(json, 'properties')))
    inner.push(...inSchema(one, at(`${pointer}/properties`, name)));
  if (isObject(own(json, 'items'))) inner.push(...inSchema(objectAt(json, 'items'), `${pointer}/items`));
  for (const key of ['anyOf', 'oneOf', 'allOf']) {
    for (const [index, one] of listAt(json, key).entries()) {
      if (isObject(one)) inner.push(...inSchema(one, at(`${pointer}/${key}`, index)));
    }
  }
  return [{ kind: 'schema', pointer, json }, ...inner];
}
