/*
 * Every key that OpenAPI 3.1 and JSON Schema 2020-12 know, by the object it stands in, and what becomes of it. The
 * compiler rejects what is not here; docs/contract-keywords.md is printed from here.
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

export interface Keyword {
  /** `left out`: nothing is made of it; in our own documents it is rejected. */
  readonly is: 'compiled' | 'annotation' | 'left out' | 'rejected';
  /** For the page; the replacement, for a key that is not compiled. */
  readonly note?: string | undefined;
  readonly holds?: Inside | undefined;
  /** Not in our own documents: the comparison with other documents does not know it. */
  readonly isCondition?: true;
  /** For people only: not part of the digest. */
  readonly isProse?: true;
}

/** The value of a key: one object, a list of objects, or a map of objects by free names. */
export interface Inside {
  readonly kind: Kind;
  readonly as: 'one' | 'list' | 'map';
}

type Table = Readonly<Record<string, Keyword>>;

const compiled = (note?: string): Keyword => ({ is: 'compiled', note });
const holds = (kind: Kind, as: Inside['as'] = 'one', note?: string): Keyword => ({
  ...compiled(note),
  holds: { kind, as },
});
const prose = (note?: string): Keyword => ({ is: 'annotation', note, isProse: true });
/** Means nothing to a validator, but something to a reader of the digest. */
const annotation = (note: string): Keyword => ({ is: 'annotation', note });
const rejected = (note: string): Keyword => ({ is: 'rejected', note });
const leftOut = (note: string): Keyword => ({ is: 'left out', note });
/** Judges the value as it was sent, and has no type in TypeScript. */
const condition = (note?: string, as?: Inside['as']): Keyword => ({
  ...compiled(note),
  holds: as && { kind: 'schema', as },
  isCondition: true,
});
const LISTED = 'a field that it names is one of the object, with any value where no property says more';
/** Several keys of which the same is true. */
const all = (keyword: Keyword, keys: string): Table => Object.fromEntries(keys.split(' ').map((key) => [key, keyword]));

export const keywords: Readonly<Record<Kind, Table>> = {
  document: {
    openapi: compiled('3.1.x'),
    info: holds('info'),
    servers: prose('without a path: the app that embeds ours mounts it, `baseUrl` ends with it'),
    security: compiled(
      'ours: one http bearer; another document: named schemes, for which the embedding app has the checks',
    ),
    tags: prose(),
    externalDocs: prose(),
    paths: holds('paths'),
    components: holds('components'),
    jsonSchemaDialect: rejected('leave it out: schemas are JSON Schema 2020-12'),
    webhooks: leftOut('for their receiver: write them as paths of its document'),
  },
  info: {
    version: compiled('stands in the operation table and in health'),
    ...all(prose(), 'title summary description termsOfService contact license'),
  },
  paths: {},
  'path item': {
    ...all(holds('operation'), 'get put post delete patch'),
    parameters: holds('parameter', 'list', 'for all operations of the path; an operation may replace one'),
    ...all(prose(), 'summary description'),
    servers: rejected('write them at the root'),
    head: rejected('leave it out: HEAD is served with GET'),
    options: rejected('leave it out: OPTIONS is not served'),
    trace: rejected('leave it out: TRACE is not served'),
    $ref: rejected('write the path item in place'),
  },
  operation: {
    operationId: compiled(
      'handler and client function are named by it; one that is missing is made of method and path, but not in our own documents',
    ),
    ...all(prose('comment of the client function'), 'summary description'),
    ...all(prose(), 'tags externalDocs'),
    deprecated: annotation('comment of the client function'),
    parameters: holds('parameter', 'list'),
    requestBody: holds('request body'),
    responses: holds('responses'),
    security: compiled('as at the root; `[]`, or a list with `{}`, for open'),
    servers: rejected('write them at the root'),
    callbacks: leftOut('for their receiver: write them as paths of its document'),
  },
  parameter: {
    name: compiled(),
    in: compiled('path, query, header'),
    required: compiled(),
    schema: holds(
      'schema',
      'one',
      'string, number, integer, boolean, an enumeration or a list of one of them; `default` is what the handler reads where nothing was sent',
    ),
    ...all(prose(), 'description example examples'),
    deprecated: annotation('is carried into types.ts'),
    ...all(compiled('the default only'), 'style explode'),
    content: rejected('write `schema`'),
    allowEmptyValue: rejected('leave it out: an empty value is the empty string'),
    allowReserved: rejected('leave it out: reserved characters are percent-encoded'),
  },
  'request body': {
    content: holds(
      'media type',
      'map',
      '`application/json` or `…+json`, elsewhere in any case and with parameters; other media types are left out',
    ),
    required: compiled(),
    description: prose(),
  },
  'media type': {
    schema: holds('schema'),
    ...all(prose(), 'example examples'),
    encoding: leftOut('it says nothing about JSON'),
  },
  responses: {},
  response: {
    description: prose(),
    headers: holds('header', 'map'),
    content: holds(
      'media type',
      'map',
      'one: `application/json`, `…+json`, or the first: `text/*` is a string, others are bytes; of ours JSON only',
    ),
    links: leftOut('nothing follows links'),
  },
  header: {
    required: compiled(),
    schema: holds('schema', 'one', 'as in a parameter'),
    ...all(prose(), 'description example examples'),
    deprecated: annotation('is carried into types.ts'),
    ...all(compiled('the default only'), 'style explode'),
    content: rejected('write `schema`'),
    ...all(rejected('leave it out'), 'allowEmptyValue allowReserved'),
  },
  components: {
    schemas: holds('schema', 'map', 'letters, digits, `.`, `_` and `-`; two names must not differ in these alone'),
    responses: holds('response', 'map'),
    parameters: holds('parameter', 'map'),
    headers: holds('header', 'map'),
    requestBodies: holds('request body', 'map'),
    securitySchemes: holds('security scheme', 'map'),
    examples: prose(),
    links: leftOut('nothing follows links'),
    callbacks: leftOut('for their receiver: write them as paths of its document'),
    pathItems: rejected('write the path item in place'),
  },
  'security scheme': {
    type: compiled('`http`; in another document any'),
    scheme: compiled('`bearer`; in another document any'),
    ...all(prose(), 'bearerFormat description name in flows openIdConnectUrl'),
  },
  discriminator: {
    propertyName: compiled('a property that every alternative requires, with strings as const or enum'),
    mapping: compiled(
      'to `#/components/schemas/<name>` or `<name>`; a value without an entry is the name of its schema',
    ),
  },
  reference: {
    $ref: compiled('within the document, to a component'),
    ...all(prose(), 'summary description'),
  },
  schema: {
    type: compiled('one or a list; needed where a keyword speaks of one type alone; what it stands in may say it'),
    nullable: compiled("OpenAPI 3.0's, beside `type`: null too"),
    enum: compiled('the type may be left out; with a list or object in it, TypeScript has no type for it'),
    const: compiled('as an enum of one value'),
    $schema: compiled('that of JSON Schema 2020-12 only'),
    $defs: holds('schema', 'map', 'for $refs'),
    $ref: compiled(
      'to a component schema or, but in our own documents, to one within it; what stands beside it narrows it',
    ),
    ...all(compiled('in code points'), 'minLength maxLength'),
    pattern: compiled('unanchored, with the `u` flag'),
    ...all(compiled(), 'minimum maximum exclusiveMinimum exclusiveMaximum'),
    multipleOf: compiled('whole divisors'),
    items: holds('schema', 'one', 'absent: anything'),
    ...all(compiled(), 'minItems maxItems'),
    uniqueItems: compiled('by equality as JSON'),
    properties: holds('schema', 'map'),
    required: compiled('a name that is no property is a field with any value'),
    additionalProperties: holds(
      'schema',
      'one',
      'true, false, or a schema where no properties stand; absent: a server ignores unknown fields and sends none, a client ignores them',
    ),
    ...all(compiled('counts unknown fields too'), 'minProperties maxProperties'),
    allOf: holds('schema', 'list', 'what all of them allow, as one schema; where there is none, it says why'),
    ...all(holds('schema', 'list', 'objects in it must differ in a required const or enum'), 'anyOf oneOf'),
    unevaluatedProperties: compiled(
      'true or false; as additionalProperties of what allOf, oneOf and $ref make together',
    ),
    not: condition(undefined, 'one'),
    if: condition('without it, `then` and `else` mean nothing', 'one'),
    ...all(condition(LISTED, 'one'), 'then else'),
    dependentRequired: condition(LISTED),
    dependentSchemas: condition(LISTED, 'map'),
    propertyNames: condition('of unknown fields, too', 'one'),
    contains: condition(undefined, 'one'),
    minContains: condition('0 too'),
    maxContains: condition(),
    readOnly: compiled('on a property: a server ignores it in a request, and requires it in a response only'),
    writeOnly: compiled('on a property: only in requests'),
    discriminator: holds(
      'discriminator',
      'one',
      'beside anyOf or oneOf of $refs, or null; asserts nothing, and has to agree with what the alternatives say',
    ),
    default: compiled(
      'a scalar, on an optional property or parameter: a server sends the field, a reader fills it in, a client may leave it out; on a required one it is prose',
    ),
    'x-moddy-unknown-value': compiled('on an enum of strings: what a reader makes of a string it does not know'),
    'x-moddy-max-bytes': compiled('on an object or array: UTF-8 bytes of its JSON text'),
    'x-moddy-max-depth': compiled('on an object or array: levels of nesting, itself included'),
    'x-moddy-disjoint': compiled('on an object: two array properties that share no element'),
    ...all(prose(), 'title description example examples externalDocs $comment'),
    deprecated: annotation('is carried into types.ts'),
    format: annotation(
      'checks nothing, `date-time` neither, since peers write local times: use pattern where it must. An integer, `int64` or not, that a double cannot hold exactly is rejected, in requests with 422; where any value is allowed it is read as the nearest number',
    ),
    ...all(annotation('checks nothing, as in JSON Schema'), 'contentEncoding contentMediaType'),
    dependencies: rejected('write dependentRequired or dependentSchemas'),
    patternProperties: rejected('write the properties out, or set additionalProperties'),
    ...all(rejected('write `items`'), 'unevaluatedItems additionalItems'),
    prefixItems: rejected('write an object with one property per position'),
    contentSchema: rejected('write the inner value as JSON'),
    xml: prose('the wire is JSON'),
    definitions: rejected('move the schemas to components/schemas'),
    $id: rejected('leave it out: schemas are named by components/schemas'),
    ...all(rejected('name the schema in components/schemas'), '$anchor $dynamicAnchor $recursiveAnchor'),
    ...all(rejected('use $ref to components/schemas'), '$dynamicRef $recursiveRef'),
    $vocabulary: rejected('leave it out'),
  },
};

/** The keywords of a schema that say something to a validator. */
export const schemaKeywords: ReadonlySet<string> = new Set(
  Object.keys(keywords.schema).filter((key) => keywords.schema[key]?.is === 'compiled'),
);

export function keywordsPage(): string {
  const sections = (Object.keys(keywords) as Kind[])
    .filter((kind) => Object.keys(keywords[kind]).length > 0)
    .map(section);
  return `# What the contract compiler understands

Printed by \`make generate\` from \`scripts/compiler/keywords.ts\`, the table by which documents are compiled. Every key of a
document is one of these; any other is rejected with its place, and nothing is dropped silently.

- **compiled**: becomes types, validators, routes, clients.
- **annotation**: for readers; validates nothing.
- **left out**: nothing is made of it. In our own documents it is rejected; of another document \`generate --document\` lists it.
- **rejected**: known to OpenAPI 3.1 or JSON Schema 2020-12, and not compiled; the page says what to write instead.

A **condition** judges the value as it was sent, in every mode alike; no type of TypeScript describes it. Our own documents have
none: the gates that compare them with released and emitted ones do not read conditions.

Extensions (\`x-…\`) are ignored, as OpenAPI allows, but for ours, which begin with \`x-moddy-\`; one that looks like a misspelt one of
ours is rejected. They say what JSON Schema cannot; a description beside them says the same to other tools.

Paths begin with \`/\` and have plain segments or whole \`{name}\` segments. Responses are keyed by three-digit statuses; another
document may have \`default\`, \`4XX\` and the like, which the client reads and a server never sends.

${sections.join('\n\n')}
`;
}

function section(kind: Kind): string {
  const order: readonly Keyword['is'][] = ['compiled', 'annotation', 'left out', 'rejected'];
  const rows = order.flatMap((is) =>
    Object.entries(keywords[kind])
      .filter(([, keyword]) => keyword.is === is)
      .map(([name, keyword]) => `| \`${name}\` | ${keyword.is} | ${noteOf(keyword)} |`),
  );
  return [`## ${kind.charAt(0).toUpperCase()}${kind.slice(1)}`, '', '| key | | |', '|---|---|---|', ...rows].join('\n');
}

const noteOf = ({ isCondition, note }: Keyword): string =>
  [isCondition && 'condition', note].filter((part) => part !== undefined).join('; ');
