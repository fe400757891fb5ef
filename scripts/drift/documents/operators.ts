/* The list of what can drift in a document, in one file so that a gap in it is seen at a glance. */

import { typesIn } from '../../breaking/side.ts';
import { at, type Json, type JsonObject, listAt, objectAt, own } from '../../compiler/json.ts';
import { valueAt } from '../../conformance/document.ts';
import type { Node, NodeKind } from './nodes.ts';

/** The change of one place: a new value, or its removal. */
export interface Edit {
  readonly pointer: string;
  readonly value: Json | undefined;
}
type Operator = (node: Node) => readonly Edit[];

const set = (node: Node, key: string, value: Json | undefined): Edit => ({ pointer: at(node.pointer, key), value });
const when = (condition: boolean, ...edits: readonly Edit[]): readonly Edit[] => (condition ? edits : []);
const has = (node: Node, key: string): boolean => own(node.json, key) !== undefined;
const whole = (node: Node, json: Json): Edit => ({ pointer: node.pointer, value: json });
const is = (node: Node, type: string): boolean =>
  typesIn(node.json).includes(type) && !has(node, 'enum') && !has(node, 'const');
const properties = (node: Node): string[] => Object.keys(objectAt(node.json, 'properties'));
const renamed = (json: JsonObject, from: string, to: string): JsonObject =>
  Object.fromEntries(Object.entries(json).map(([key, value]) => [key === from ? to : key, value]));
/** Replaces one number of a schema by another, and removes it. */
const bound =
  (key: string, change: (limit: number) => number): Operator =>
  (node) => {
    const limit = own(node.json, key);
    return typeof limit === 'number' ? [set(node, key, change(limit)), set(node, key, undefined)] : [];
  };
/** Replaces the value of a keyword where there is one, or removes it. */
const keyword =
  (key: string, value?: Json): Operator =>
  (node) =>
    when(has(node, key), set(node, key, value));
/** Takes each value out of a list. */
const eachLess =
  (key: string): Operator =>
  (node) =>
    listAt(node.json, key).map((value) =>
      set(
        node,
        key,
        listAt(node.json, key).filter((one) => one !== value),
      ),
    );
const withParameter =
  (parameter: JsonObject): Operator =>
  (node) => [set(node, 'parameters', [...listAt(node.json, 'parameters'), parameter])];
/** Adds a keyword to the schemas of a type. */
const ofType =
  (type: string, key: string, value: Json): Operator =>
  (node) =>
    when(is(node, type), set(node, key, value));

const SCHEMA: Readonly<Record<string, Operator>> = {
  'rename a property': (node) =>
    properties(node).map((name) => {
      const required = listAt(node.json, 'required').map((one) => (one === name ? `${name}_2` : one));
      const json = { ...node.json, properties: renamed(objectAt(node.json, 'properties'), name, `${name}_2`) };
      return whole(node, has(node, 'required') ? { ...json, required } : json);
    }),
  'remove a property': (node) =>
    properties(node).map((name) => {
      const { [name]: _, ...rest } = objectAt(node.json, 'properties');
      const required = listAt(node.json, 'required').filter((one) => one !== name);
      return whole(node, { ...node.json, properties: rest, ...(has(node, 'required') && { required }) });
    }),
  'add an optional property': (node) =>
    when(
      is(node, 'object'),
      whole(node, { ...node.json, properties: { ...objectAt(node.json, 'properties'), added: { type: 'string' } } }),
    ),
  'add a required property': (node) =>
    when(
      is(node, 'object'),
      whole(node, {
        ...node.json,
        properties: { ...objectAt(node.json, 'properties'), added: { type: 'string' } },
        required: [...listAt(node.json, 'required'), 'added'],
      }),
    ),
  'require a property': (node) =>
    properties(node)
      .filter((name) => !listAt(node.json, 'required').includes(name))
      .map((name) => set(node, 'required', [...listAt(node.json, 'required'), name])),
  'no longer require a property': eachLess('required'),
  'another type': (node) =>
    when(
      typesIn(node.json).length === 1 && !has(node, 'enum') && !has(node, 'const') && !is(node, 'object'),
      whole(node, { type: is(node, 'string') ? 'integer' : 'string' }),
    ),
  nullable: (node) =>
    when(
      typesIn(node.json).length === 1 && !has(node, 'const') && !has(node, 'enum'),
      set(node, 'type', [...typesIn(node.json), 'null']),
    ),
  'no longer nullable': (node) => [
    ...when(typesIn(node.json).length === 2, set(node, 'type', typesIn(node.json)[0] ?? 'string')),
    ...when(listAt(node.json, 'anyOf').length === 2, whole(node, listAt(node.json, 'anyOf')[0] ?? {})),
  ],
  'a value of an enum more': (node) =>
    when(has(node, 'enum'), set(node, 'enum', [...listAt(node.json, 'enum'), 'another_value'])),
  'a value of an enum less': eachLess('enum'),
  'a value of an enum renamed': (node) =>
    when(
      has(node, 'enum'),
      set(node, 'enum', [`${listAt(node.json, 'enum')[0]}s`, ...listAt(node.json, 'enum').slice(1)]),
    ),
  'another const': keyword('const', 'another'),
  'a default': (node) => when(is(node, 'boolean'), set(node, 'default', own(node.json, 'default') !== true)),
  'no default': keyword('default'),
  'a pattern': ofType('string', 'pattern', '^[a-f]{3}$'),
  'no pattern': keyword('pattern'),
  'a broken pattern': keyword('pattern', '^[0-9{1,20}$'),
  maxLength: ofType('string', 'maxLength', 2),
  minLength: ofType('string', 'minLength', 30),
  'another maxLength': bound('maxLength', (limit) => limit - 1),
  'another minLength': bound('minLength', (limit) => limit + 1),
  'another minimum': bound('minimum', (limit) => limit + 2),
  'another maximum': bound('maximum', (limit) => Math.floor(limit / 2)),
  'exclusiveMinimum for minimum': (node) => {
    const { minimum, ...rest } = node.json;
    return when(minimum !== undefined, whole(node, { ...rest, exclusiveMinimum: minimum ?? 0 }));
  },
  multipleOf: ofType('integer', 'multipleOf', 7),
  minItems: ofType('array', 'minItems', 1),
  maxItems: ofType('array', 'maxItems', 0),
  uniqueItems: ofType('array', 'uniqueItems', true),
  'other items': keyword('items', { type: 'boolean' }),
  'additionalProperties closed': ofType('object', 'additionalProperties', false),
  'additionalProperties open': (node) =>
    when(is(node, 'object') && !has(node, 'additionalProperties'), set(node, 'additionalProperties', true)),
  minProperties: ofType('object', 'minProperties', 3),
  maxProperties: ofType('object', 'maxProperties', 1),
  'another x-moddy-max-bytes': bound('x-moddy-max-bytes', () => 64),
  'another x-moddy-max-depth': bound('x-moddy-max-depth', () => 1),
  'x-moddy-disjoint removed': keyword('x-moddy-disjoint'),
  'x-moddy-unknown-value removed': keyword('x-moddy-unknown-value'),
  'x-moddy-unknown-value that is none': keyword('x-moddy-unknown-value', 'none'),
  'another format': keyword('format', 'email'),
  'a keyword that is not compiled': ofType('object', 'patternProperties', { '^x-': { type: 'string' } }),
  'a misspelt keyword': ofType('string', 'maxlength', 3),
  'an unknown extension': ofType('object', 'x-min-bytes', 3),
  'a discriminator that says something else': (node) => [
    ...when(has(node, 'anyOf') || has(node, 'oneOf'), set(node, 'discriminator', { propertyName: 'kind' })),
    ...when(is(node, 'object') && has(node, 'properties'), set(node, 'discriminator', { propertyName: 'kind' })),
  ],
  'a dangling $ref': keyword('$ref', '#/components/schemas/Nowhere'),
  'a $ref to another schema': keyword('$ref', '#/components/schemas/ErrorDetail'),
  'a $ref into a file': keyword('$ref', './other.yaml#/x'),
  'another description': keyword('description', 'Something else'),
};

/** Consistent in itself, so that only a released version of the document shows it. */
export const OPENED = 'security off, with its statuses';

const OPERATION: Readonly<Record<string, Operator>> = {
  'another operationId': (node) => [set(node, 'operationId', `${own(node.json, 'operationId')}2`)],
  'no operationId': (node) => [set(node, 'operationId', undefined)],
  'remove a status': (node) =>
    Object.keys(objectAt(node.json, 'responses')).map((status) => ({
      pointer: at(`${node.pointer}/responses`, status),
      value: undefined,
    })),
  'add a status': (node) => [{ pointer: `${node.pointer}/responses/409`, value: { description: 'A conflict' } }],
  'a status that nobody answers': (node) => [
    { pointer: `${node.pointer}/responses/410`, value: { $ref: '#/components/responses/InternalError' } },
    ...when(has(node, 'requestBody'), {
      pointer: `${node.pointer}/responses/202`,
      value: objectAt(node.json, 'responses')['200'],
    }),
  ],
  'a status of the runtime where it answers it never': (node) => [
    { pointer: `${node.pointer}/responses/405`, value: { $ref: '#/components/responses/InternalError' } },
    ...when(!has(node, 'requestBody'), {
      pointer: `${node.pointer}/responses/415`,
      value: { $ref: '#/components/responses/InternalError' },
    }),
  ],
  'a status by range': (node) => [{ pointer: `${node.pointer}/responses/5XX`, value: { description: 'A fault' } }],
  'security off': (node) => [set(node, 'security', [])],
  [OPENED]: (node) => {
    const { 401: _, 403: __, 429: ___, ...responses } = objectAt(node.json, 'responses');
    return when(
      listAt(node.json, 'security').length > 0 || !has(node, 'security'),
      whole(node, { ...node.json, security: [], responses }),
    );
  },
  'security on': (node) =>
    when(listAt(node.json, 'security').length === 0 && has(node, 'security'), set(node, 'security', undefined)),
  'another security scheme': (node) => [set(node, 'security', [{ otherAuth: [] }])],
  'no parameters': keyword('parameters'),
  'a parameter more': withParameter({ name: 'X-Added', in: 'header', required: true, schema: { type: 'string' } }),
  'a query parameter more': withParameter({ name: 'page', in: 'query', schema: { type: 'integer', minimum: 1 } }),
  'no request body': keyword('requestBody'),
  'another summary': (node) => [set(node, 'summary', 'Something else')],
};

/** The responses whose examples are the texts that callers get. */
const SHOWS_TEXT = /\/(?:Unauthorized|Forbidden|401|403)$/;

const REST: Readonly<Partial<Record<NodeKind, Readonly<Record<string, Operator>>>>> = {
  document: {
    'another version': (node) => [
      { pointer: '/info/version', value: '9.9.9' },
      ...when(has(node, 'openapi'), set(node, 'openapi', '3.0.3')),
    ],
    'a stray key': (node) => [set(node, 'securty', []), { pointer: '/info/titel', value: 'x' }],
    'no security at all': (node) => [set(node, 'security', undefined)],
    'a path more': () => [
      {
        pointer: '/paths/~1internal~1added',
        value: { get: { operationId: 'added', responses: { 200: { description: 'Well' } } } },
      },
    ],
  },
  'path item': {
    'another path': (node) =>
      when(node.pointer !== '/paths/~1', {
        pointer: `${node.pointer}|rename`,
        value: `${node.pointer.slice('/paths/'.length).replaceAll('~1', '/')}-2`,
      }),
    'another method': (node) => [
      ...when(has(node, 'post'), whole(node, renamed(node.json, 'post', 'put'))),
      ...when(has(node, 'get'), whole(node, renamed(node.json, 'get', 'delete'))),
    ],
    'an operation less': (node) => [{ pointer: node.pointer, value: undefined }],
    'an operation more': (node) => [
      set(node, 'patch', { operationId: 'addedHere', responses: { 200: { description: 'Well' } } }),
    ],
    'a method that is not served': (node) => [
      set(node, 'head', { operationId: 'looked', responses: { 200: { description: 'Well' } } }),
    ],
  },
  body: {
    'a body that is not required': (node) => [set(node, 'required', false)],
    'another media type of a body': (node) => [set(node, 'content', { 'text/plain': { schema: { type: 'string' } } })],
  },
  response: {
    'another media type of a response': keyword('content', { 'text/plain': { schema: { type: 'string' } } }),
    'no body of a response': keyword('content'),
    'no X-Request-Id': (node) => {
      const { 'X-Request-Id': header, ...rest } = objectAt(node.json, 'headers');
      return when(header !== undefined, set(node, 'headers', rest));
    },
    'another text of a 401 or 403': (node) =>
      ['example/error', 'examples/missing/value/error', 'examples/format/value/error']
        .map((place) => `/content/application~1json/${place}`)
        .filter((place) => SHOWS_TEXT.test(node.pointer) && valueAt(node.json, place) !== undefined)
        .map((place) => ({ pointer: node.pointer + place, value: 'Something else' })),
    'a header less': keyword('headers'),
    'a required header more': (node) => [
      set(node, 'headers', {
        ...objectAt(node.json, 'headers'),
        'X-Added': { required: true, schema: { type: 'string' } },
      }),
    ],
    'no description': keyword('description'),
    'a dangling $ref of a response': keyword('$ref', '#/components/responses/Nowhere'),
  },
  parameter: {
    'a required parameter': (node) => [set(node, 'required', true)],
    'another name of a parameter': (node) => [set(node, 'name', `${own(node.json, 'name')}-2`)],
    'another place of a parameter': (node) => [set(node, 'in', 'query'), set(node, 'in', 'cookie')],
    'a dangling $ref of a parameter': (node) => [whole(node, { $ref: '#/components/parameters/Nowhere' })],
  },
  header: {
    'a header that is not required': (node) => [set(node, 'required', false)],
    'another type of a header': (node) => [set(node, 'schema', { type: 'boolean' })],
  },
};

export const OPERATORS: Readonly<Partial<Record<NodeKind, Readonly<Record<string, Operator>>>>> = {
  ...REST,
  schema: SCHEMA,
  operation: OPERATION,
};
