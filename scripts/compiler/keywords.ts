/*
 * Every key that OpenAPI 3.1 and JSON Schema 2020-12 know, by the object it stands in, and what becomes of it. The
 * compiler refuses what is not here; docs/contract-keywords.md is printed from here.
 */

export type Kind =
  | 'document'
  | 'info'
  | 'paths'
  | 'path item'
  | 'operation'
  | 'parameter'
  | 'request body'
  | 'media type'
  | 'responses'
  | 'response'
  | 'header'
  | 'components'
  | 'security scheme'
  | 'schema'
  | 'discriminator'
  | 'reference';

export type Keyword =
  | { readonly is: 'compiled'; readonly note?: string; readonly holds?: Inside }
  | { readonly is: 'annotation'; readonly note?: string; readonly prose: boolean }
  | { readonly is: 'rejected'; readonly advice: string };

/** What stands under a key: one object, a list of them, or a map of them by free names. */
export interface Inside {
  readonly kind: Kind;
  readonly as: 'one' | 'list' | 'map';
}

type Table = Readonly<Record<string, Keyword>>;

const compiled = (note?: string): Keyword => ({ is: 'compiled', ...(note !== undefined && { note }) });
const holds = (kind: Kind, as: Inside['as'] = 'one', note?: string): Keyword => ({
  is: 'compiled',
  holds: { kind, as },
  ...(note !== undefined && { note }),
});
/** For people only: not part of the digest. */
const prose = (note?: string): Keyword => ({ is: 'annotation', prose: true, ...(note !== undefined && { note }) });
/** Means nothing to a validator, but something to a reader of the digest. */
const annotation = (note: string): Keyword => ({ is: 'annotation', prose: false, note });
const rejected = (advice: string): Keyword => ({ is: 'rejected', advice });

const closed = 'write the properties out, or set additionalProperties';

export const keywords: Readonly<Record<Kind, Table>> = {
  document: {
    openapi: compiled('3.1.x'),
    info: holds('info'),
    servers: prose(),
    security: compiled('one http bearer scheme'),
    tags: prose(),
    externalDocs: prose(),
    paths: holds('paths'),
    components: holds('components'),
    jsonSchemaDialect: rejected('leave it out: schemas are JSON Schema 2020-12'),
    webhooks: rejected('write a document for the service that receives the call'),
  },
  info: {
    title: prose(),
    version: compiled('stands in the operation table and in health'),
    summary: prose(),
    description: prose(),
    termsOfService: prose(),
    contact: prose(),
    license: prose(),
  },
  paths: {},
  'path item': {
    get: holds('operation'),
    put: holds('operation'),
    post: holds('operation'),
    delete: holds('operation'),
    patch: holds('operation'),
    parameters: holds('parameter', 'list', 'for all operations of the path; an operation may replace one'),
    summary: prose(),
    description: prose(),
    servers: rejected('servers stand at the root'),
    head: rejected('leave it out: HEAD is served with GET'),
    options: rejected('leave it out: OPTIONS is not served'),
    trace: rejected('leave it out: TRACE is not served'),
    $ref: rejected('write the path item in place'),
  },
  operation: {
    operationId: compiled('a camelCase name; handler, client function and route are named by it'),
    summary: prose('comment of the client function'),
    description: prose(),
    tags: prose(),
    externalDocs: prose(),
    deprecated: annotation('is carried into types.ts'),
    parameters: holds('parameter', 'list'),
    requestBody: holds('request body'),
    responses: holds('responses'),
    security: compiled('the bearer scheme, or `[]` for open'),
    servers: rejected('servers stand at the root'),
    callbacks: rejected('write a document for the service that receives the call'),
  },
  parameter: {
    name: compiled(),
    in: compiled('path, query, header'),
    required: compiled(),
    schema: holds('schema', 'one', 'string, number, integer, boolean or an enumeration'),
    description: prose(),
    example: prose(),
    examples: prose(),
    deprecated: annotation('is carried into types.ts'),
    style: compiled('the default only'),
    explode: compiled('the default only'),
    content: rejected('write `schema`'),
    allowEmptyValue: rejected('leave it out: an empty value is the empty string'),
    allowReserved: rejected('leave it out: reserved characters are percent-encoded'),
  },
  'request body': {
    content: holds('media type', 'map', '`application/json` only'),
    required: compiled(),
    description: prose(),
  },
  'media type': {
    schema: holds('schema'),
    example: prose(),
    examples: prose(),
    encoding: rejected('leave it out: it says nothing about JSON'),
  },
  responses: {},
  response: {
    description: prose(),
    headers: holds('header', 'map'),
    content: holds('media type', 'map', '`application/json` only'),
    links: rejected('leave it out: nothing follows links'),
  },
  header: {
    required: compiled(),
    schema: holds('schema', 'one', 'as in a parameter'),
    description: prose(),
    example: prose(),
    examples: prose(),
    deprecated: annotation('is carried into types.ts'),
    style: compiled('the default only'),
    explode: compiled('the default only'),
    content: rejected('write `schema`'),
    allowEmptyValue: rejected('leave it out'),
    allowReserved: rejected('leave it out'),
  },
  components: {
    schemas: holds('schema', 'map', 'names in PascalCase'),
    responses: holds('response', 'map'),
    parameters: holds('parameter', 'map'),
    headers: holds('header', 'map'),
    requestBodies: holds('request body', 'map'),
    securitySchemes: holds('security scheme', 'map'),
    examples: prose(),
    links: rejected('leave it out: nothing follows links'),
    callbacks: rejected('write a document for the service that receives the call'),
    pathItems: rejected('write the path item in place'),
  },
  'security scheme': {
    type: compiled('`http`'),
    scheme: compiled('`bearer`'),
    bearerFormat: prose(),
    description: prose(),
    name: rejected('only `type: http, scheme: bearer` is compiled'),
    in: rejected('only `type: http, scheme: bearer` is compiled'),
    flows: rejected('only `type: http, scheme: bearer` is compiled'),
    openIdConnectUrl: rejected('only `type: http, scheme: bearer` is compiled'),
  },
  discriminator: {
    propertyName: compiled('a property that every alternative requires, with strings as const or enum'),
    mapping: compiled(
      'to `#/components/schemas/<name>` or `<name>`; a value without an entry is the name of its schema',
    ),
  },
  reference: {
    $ref: compiled('within the document, to a component'),
    summary: prose(),
    description: prose(),
  },
  schema: {
    type: compiled('required where no $ref, allOf, anyOf or oneOf stands; a list of types too'),
    enum: compiled('of scalars'),
    const: compiled('a scalar'),
    $ref: compiled('to a component schema; only annotations beside it'),
    minLength: compiled('in code points'),
    maxLength: compiled('in code points'),
    pattern: compiled('unanchored, with the `u` flag'),
    minimum: compiled(),
    maximum: compiled(),
    exclusiveMinimum: compiled(),
    exclusiveMaximum: compiled(),
    multipleOf: compiled('whole divisors'),
    items: holds('schema', 'one', 'required in an array'),
    minItems: compiled(),
    maxItems: compiled(),
    uniqueItems: compiled('by equality as JSON'),
    properties: holds('schema', 'map'),
    required: compiled('names that stand in properties'),
    additionalProperties: holds(
      'schema',
      'one',
      'true, false, or a schema where no properties stand; absent: a server ignores unknown fields and sends none, a client ignores them',
    ),
    minProperties: compiled('counts unknown fields too'),
    maxProperties: compiled('counts unknown fields too'),
    allOf: holds('schema', 'list', 'of objects, each property in one of them'),
    anyOf: holds('schema', 'list', 'objects in it must differ in a required const or enum'),
    oneOf: holds('schema', 'list', 'objects in it must differ in a required const or enum'),
    discriminator: holds(
      'discriminator',
      'one',
      'beside anyOf or oneOf of $refs; asserts nothing, and has to agree with what the alternatives say',
    ),
    default: compiled('a scalar, on an optional property of an object: a server sends the field, a reader fills it in'),
    'x-unknown-value': compiled('on an enum of strings: what a reader makes of a string it does not know'),
    'x-max-bytes': compiled('on an object or array: UTF-8 bytes of its JSON text'),
    'x-max-depth': compiled('on an object or array: levels of nesting, itself included'),
    'x-disjoint': compiled('on an object: two array properties that share no element'),
    title: prose(),
    description: prose(),
    example: prose(),
    examples: prose(),
    externalDocs: prose(),
    $comment: prose(),
    deprecated: annotation('is carried into types.ts'),
    format: annotation('checks nothing; use pattern where it must'),
    contentEncoding: annotation('checks nothing, as in JSON Schema'),
    contentMediaType: annotation('checks nothing, as in JSON Schema'),
    readOnly: rejected('write one schema for requests and one for responses'),
    writeOnly: rejected('write one schema for requests and one for responses'),
    nullable: rejected("OpenAPI 3.0; write `type: [<type>, 'null']`"),
    not: rejected('say what is allowed instead of what is not'),
    if: rejected('write the cases as alternatives of anyOf'),
    // biome-ignore lint/suspicious/noThenProperty: the keyword's name; nobody awaits the table.
    then: rejected('write the cases as alternatives of anyOf'),
    else: rejected('write the cases as alternatives of anyOf'),
    dependentRequired: rejected('write the cases as alternatives of anyOf'),
    dependentSchemas: rejected('write the cases as alternatives of anyOf'),
    dependencies: rejected('write the cases as alternatives of anyOf'),
    patternProperties: rejected(closed),
    propertyNames: rejected(closed),
    unevaluatedProperties: rejected(closed),
    unevaluatedItems: rejected('write `items`'),
    additionalItems: rejected('write `items`'),
    prefixItems: rejected('write an object with one property per position'),
    contains: rejected('write a boolean property beside the array that says it'),
    minContains: rejected('write a boolean property beside the array that says it'),
    maxContains: rejected('write a boolean property beside the array that says it'),
    contentSchema: rejected('write the inner value as JSON'),
    xml: rejected('leave it out: the wire is JSON'),
    $defs: rejected('move the schemas to components/schemas'),
    definitions: rejected('move the schemas to components/schemas'),
    $id: rejected('leave it out: schemas are named by components/schemas'),
    $schema: rejected('leave it out: schemas are JSON Schema 2020-12'),
    $anchor: rejected('name the schema in components/schemas'),
    $dynamicAnchor: rejected('name the schema in components/schemas'),
    $dynamicRef: rejected('use $ref to components/schemas'),
    $recursiveRef: rejected('use $ref to components/schemas'),
    $recursiveAnchor: rejected('name the schema in components/schemas'),
    $vocabulary: rejected('leave it out'),
  },
};

/** The keywords of a schema that say something to a validator. */
export const schemaKeywords: ReadonlySet<string> = new Set(
  Object.keys(keywords.schema).filter((key) => keywords.schema[key]?.is === 'compiled'),
);
