/* The text of routes.ts: the operation table with all that it refers to, in one file as it is written. */

import { emitSchema, json, type Scope } from './emit-schema.ts';
import { header, importOf, proofOf } from './emit-schemas.ts';
import { Forms, type Mode } from './forms.ts';
import { block, comment, field, key, list, literal } from './layout.ts';
import { camelCase, pascalCase } from './names.ts';
import type {
  BodyModel,
  DocumentModel,
  OperationModel,
  ParameterModel,
  RequestBodyModel,
  ResponseModel,
  Shared,
} from './operation.ts';
import { resolve, type Schema } from './schema.ts';

interface RouteScope extends Scope {
  /** Gathers the constants of components that entries refer to. */
  readonly shared: Map<string, string>;
}

export function emitRoutes(document: DocumentModel): string {
  const scope: RouteScope = {
    components: document.schemas,
    forms: new Forms(document.schemas),
    prefix: 'schemas.',
    uses: new Set(),
    shared: new Map(),
  };
  const operations = document.operations.map((operation) => emitOperation(operation, document, scope));
  const contract = camelCase(document.name);
  const proofs = document.operations.map(({ id }) => {
    const type = literal(id);
    return `${key(id)}: Holds<SameOperation<operations[${type}], (typeof ${contract})['operations'][${type}]>>`;
  });
  const routes = document.operations.map(
    ({ id }) => `${key(id)}: createRoute(routeConfig(table.operations${field(id)}))`,
  );
  const body = [...scope.shared].map(([name, text]) => `\nconst ${name} = ${text} as const;\n`).join('');
  const table = block(
    `const table = {`,
    [
      `name: ${literal(document.name)}`,
      `version: ${literal(document.version)}`,
      `digest: ${literal(document.digest)}`,
      ...(document.schemes ? [`schemes: [${document.schemes.map(literal).join(', ')}]`] : []),
      block('operations: {', operations, '}'),
    ],
    "} as const satisfies Omit<Contract<operations>, 'routes'>;",
  );
  const whole = block(
    `export const ${contract} = {`,
    ['...table', block('routes: {', routes, '}')],
    '} as const satisfies Contract<operations>;',
  );
  const text = [
    `${body}\n${table}\n`,
    `\n/** The document as the runtime serves it and the client reads it. */\n${whole}\n`,
    proofOf('parameters, bodies or statuses of an operation differ from their types', proofs),
  ].join('');
  return [
    header(document),
    `import { createRoute${/\bz\./.test(text) ? ', z' : ''} } from '@hono/zod-openapi';\n`,
    "import type { Contract } from '@moddy/runtime/contract';\n",
    "import type { Holds, SameOperation } from '@moddy/runtime/proof';\n",
    "import { routeConfig } from '@moddy/runtime/http/route-config';\n",
    importOf(scope.uses),
    text.includes('schemas.') ? "import * as schemas from './schemas.ts';\n" : '',
    "import type { operations } from './types.ts';\n",
    text,
  ].join('');
}

function emitOperation(operation: OperationModel, { schemes }: DocumentModel, scope: RouteScope): string {
  const { requestBody, security } = operation;
  const parameters = operation.parameters.map((parameter) => emitParameter(parameter, scope));
  const responses = operation.responses.map(
    ({ status, response }) => `${key(String(status))}: ${emitResponse(response, scope)}`,
  );
  const fields = [
    `id: ${literal(operation.id)}`,
    `method: ${literal(operation.method)}`,
    `path: ${literal(operation.path)}`,
    `secured: ${security !== undefined}`,
    ...(schemes && security ? [`security: ${json(security)}`] : []),
    list('parameters: [', parameters, ']'),
    ...(requestBody ? [emitRequestBody(requestBody, scope)] : []),
    block('responses: {', responses, '}'),
  ];
  const docComment = operation.summary === '' ? '' : `/** ${comment(operation.summary)} */\n`;
  return docComment + block(`${key(operation.id)}: {`, fields, '}');
}

/** A component becomes one constant; a part that is written in place stays in place. */
function emitShared<T>(part: Shared<T>, suffix: string, { shared }: RouteScope, emit: (value: T) => string): string {
  if (part.component === undefined) return emit(part.value);
  const name = pascalCase(part.component) + suffix;
  if (!shared.has(name)) shared.set(name, emit(part.value));
  return name;
}

function emitParameter(parameter: Shared<ParameterModel>, scope: RouteScope): string {
  return emitShared(parameter, 'Parameter', scope, ({ in: place, name, required, schema, default: fallback }) => {
    const fields = [
      `in: ${literal(place)}`,
      `name: ${literal(name)}`,
      `required: ${required}`,
      ...(resolve(schema, scope.components)?.kind === 'array' ? ['list: true'] : []),
      ...(fallback === undefined ? [] : [`default: ${literal(fallback)}`]),
      `schema: ${emitText(schema, scope)}`,
    ];
    return parameter.component ? block('{', fields, '}') : list('{ ', fields, ' }');
  });
}

function emitResponse(response: Shared<ResponseModel>, scope: RouteScope): string {
  return emitShared(response, 'Response', scope, ({ headers, body }) => {
    const listed = headers.map(
      ({ name, required, schema }) =>
        `{ name: ${literal(name)}, required: ${required}, schema: ${emitText(schema, scope)} }`,
    );
    const fields = [
      ...(headers.length > 0 ? [list('headers: [', listed, ']')] : []),
      ...(body ? [emitBody(body, scope)] : []),
    ];
    return block('{', fields, '}');
  });
}

function emitBody(body: BodyModel, scope: Scope): string {
  if (body.raw !== undefined) return `raw: { media: ${literal(body.media)}, as: ${literal(body.raw)} }`;
  const form = (mode: Mode) => `${mode}: ${emitSchema(body.schema, mode, scope)}`;
  return list('body: { ', [...mediaOf(body), form('strict'), form('tolerant')], ' }');
}

function emitRequestBody({ required, media, schema }: RequestBodyModel, scope: Scope): string {
  const fields = [`required: ${required}`, ...mediaOf({ media }), `schema: ${emitSchema(schema, 'request', scope)}`];
  return list('requestBody: { ', fields, ' }');
}

const mediaOf = ({ media }: Pick<BodyModel, 'media'>): string[] =>
  media === 'application/json' ? [] : [`media: ${literal(media)}`];

/** Parameters and headers arrive as text. */
function emitText(schema: Schema, scope: Scope): string {
  const text = emitSchema(schema, 'request', scope);
  const found = resolve(schema, scope.components);
  const item = found?.kind === 'array' ? resolve(found.items, scope.components) : found;
  const kind = item?.kind === 'literal' ? typeof item.values[0] : item?.kind;
  if (kind === 'string' || kind === undefined) return text;
  const reader = `${kind === 'boolean' ? 'boolean' : 'number'}${found?.kind === 'array' ? 'Texts' : 'Text'}`;
  scope.uses.add(reader);
  return `${reader}(${text})`;
}
