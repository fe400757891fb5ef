import { emitSchema, type Scope } from './emit-schema.ts';
import type { Mode } from './forms.ts';
import { block, comment, list, literal } from './layout.ts';
import type { HeaderModel, OperationModel, ParameterModel, ResponseModel, Shared } from './operation.ts';
import { resolve, type Schema } from './schema.ts';

/**
 * The entry of an operation in the operation table.
 * @param shared gathers the constants of components that entries refer to.
 */
export function emitOperation(operation: OperationModel, scope: Scope, shared: Map<string, string>): string {
  const indent = '      ';
  const parameters = operation.parameters.map((parameter) => emitParameter(parameter, scope, shared, `${indent}  `));
  const { requestBody } = operation;
  const responses = operation.responses.map(
    ({ status, response }) => `${status}: ${emitResponse(response, scope, shared)}`,
  );
  const fields = [
    `id: ${literal(operation.id)}`,
    `method: ${literal(operation.method)}`,
    `path: ${literal(operation.path)}`,
    `secured: ${operation.secured}`,
    `parameters: ${list('[', parameters, ']', indent, 12)}`,
    ...(requestBody ? [`requestBody: ${emitRequestBody(requestBody, indent, scope)}`] : []),
    block('responses: {', responses, '}', indent),
  ];
  const docComment = operation.summary === '' ? '' : `/** ${comment(operation.summary)} */\n    `;
  return docComment + block(`${operation.id}: {`, fields, '}', '    ');
}

/** A component becomes one constant, what is written in place stays in place. */
function emitShared<T>(
  part: Shared<T>,
  suffix: string,
  shared: Map<string, string>,
  emit: (value: T) => string,
): string {
  if (part.component === undefined) return emit(part.value);
  const name = part.component + suffix;
  if (!shared.has(name)) shared.set(name, emit(part.value));
  return name;
}

function emitParameter(
  parameter: Shared<ParameterModel>,
  scope: Scope,
  shared: Map<string, string>,
  inPlace: string,
): string {
  const indent = parameter.component === undefined ? inPlace : '';
  return emitShared(parameter, 'Parameter', shared, ({ in: place, name, required, schema }) => {
    const fields = [
      `in: ${literal(place)}`,
      `name: ${literal(name)}`,
      `required: ${required}`,
      ...(resolve(schema, scope.components)?.kind === 'array' ? ['list: true'] : []),
      `schema: ${emitText(schema, scope)}`,
    ];
    return list('{ ', fields, ' }', indent, indent === '' ? 40 : 1);
  });
}

function emitResponse(response: Shared<ResponseModel>, scope: Scope, shared: Map<string, string>): string {
  return emitShared(response, 'Response', shared, ({ headers, body }) => {
    const indent = response.component === undefined ? '        ' : '';
    const fields = [
      ...(headers.length > 0
        ? [
            `headers: ${list(
              '[',
              headers.map((one) => emitHeader(one, scope)),
              ']',
              `${indent}  `,
              9,
            )}`,
          ]
        : []),
      ...(body ? [emitBody(body, `${indent}  `, scope)] : []),
    ];
    return block('{', fields, '}', indent);
  });
}

const emitHeader = ({ name, required, schema }: HeaderModel, scope: Scope): string =>
  `{ name: ${literal(name)}, required: ${required}, schema: ${emitText(schema, scope)} }`;

function emitBody(schema: Schema, indent: string, scope: Scope): string {
  const form = (mode: Mode) => `${mode}: ${emitSchema(schema, mode, `${indent}  `, scope)}`;
  return `body: ${list('{ ', [form('strict'), form('tolerant')], ' }', indent, 6)}`;
}

function emitRequestBody(
  { required, schema }: NonNullable<OperationModel['requestBody']>,
  indent: string,
  scope: Scope,
): string {
  const text = emitSchema(schema, 'request', `${indent}  `, scope);
  return list('{ ', [`required: ${required}`, `schema: ${text}`], ' }', indent, 13);
}

/** Parameters and headers arrive as text. */
function emitText(schema: Schema, scope: Scope): string {
  const text = emitSchema(schema, 'request', '', scope);
  const found = resolve(schema, scope.components);
  const item = found?.kind === 'array' ? resolve(found.items, scope.components) : found;
  const kind = item?.kind === 'literal' ? typeof item.values[0] : item?.kind;
  if (kind === 'string' || kind === undefined) return text;
  const reader = `${kind === 'boolean' ? 'boolean' : 'number'}${found?.kind === 'array' ? 'Texts' : 'Text'}`;
  scope.uses.add(reader);
  return `${reader}(${text})`;
}
