import { header } from './emit-schemas.ts';
import { Forms } from './forms.ts';
import { comment, field, key, literal } from './layout.ts';
import { camelCase, serviceName } from './names.ts';
import type { DocumentModel, OperationModel, ParameterModel, Shared } from './operation.ts';

export function emitClient(document: DocumentModel): string {
  const { operations, schemes } = document;
  const service = serviceName(document.name);
  const forms = new Forms(document.schemas);
  const functions = operations.map((operation) => emitFunction(operation, document, forms));
  const text = functions.join('\n');
  const types = ['ErrorStatuses', ...['Parameters', 'RequestBody'].filter((type) => text.includes(`${type}<`))];
  // A client of a document with other security than one bearer leaves authentication to its caller.
  const options = schemes ? 'ForeignClientOptions' : 'ClientOptions';
  const fromTypes = ['components', 'operations', 'paths'].filter(
    (name) => name !== 'components' || text.includes("components['schemas']"),
  );
  return `${header(document)}import { type CallOptions, ClientError, type ${options}, type DocumentedError, internalClient } from '@moddy/runtime/client/client';
import type { ${types.join(', ')} } from '@moddy/runtime/contract';
import { ${camelCase(document.name)} } from './routes.ts';
import type { ${fromTypes.join(', ')} } from './types.ts';

export class ${service}ClientError extends ClientError {
  override readonly name = '${service}ClientError';

  /** True for an error of this operation and status; \`body\` then has its documented type. */
  static is<Id extends keyof operations, Status extends ErrorStatuses<operations[Id]>>(
    error: unknown,
    operationId: Id,
    status: Status,
  ): error is ${service}ClientError & DocumentedError<operations[Id], Status> {
    const isOurs = error instanceof ${service}ClientError && error.operationId === operationId;
    return isOurs && error.documentedAs === status;
  }
}

export type ${service}Client = ReturnType<typeof create${service}Client>;

export function create${service}Client(options: ${options}) {
  const { http, call } = internalClient<paths>(options, ${service}ClientError);
  return {
${text}
  };
}
`;
}

function emitFunction(operation: OperationModel, document: DocumentModel, forms: Forms): string {
  const { id, requestBody } = operation;
  const type = `operations[${literal(id)}]`;
  const needsParameters = operation.parameters.some(({ value }) => value.required);
  // A parameter that may be left out cannot stand before one that may not; the type of the body has `undefined` itself.
  const mayBeLeftOut = requestBody?.required === false && !needsParameters;
  const input = inputOf(operation, forms);
  const sent = input && `components['schemas'][${literal(input)}]${requestBody?.required ? '' : ' | undefined'}`;
  const body = requestBody ? [`body${mayBeLeftOut ? '?' : ''}: ${sent ?? `RequestBody<${type}>`}`] : [];
  const options = needsParameters
    ? `options: CallOptions<${type}> & { readonly parameters: Parameters<${type}> }`
    : `options: CallOptions<${type}> = {}`;
  // The peer fills in fields that the input leaves out: its handler gets a body with every field.
  const value = sent ? `body: body as RequestBody<${type}>` : 'body';
  const init = requestBody?.required ? `{ ...init, ${value} }` : `{ ...init, ...(body !== undefined && { ${value} }) }`;
  return `${docComment(operation, serviceName(document.name))}
    ${key(id)}: (${[...body, options].join(', ')}) =>
      call<${type}>(${camelCase(document.name)}.operations${field(id)}, options, (init) =>
        http.${operation.method.toUpperCase()}(${literal(operation.path)}, ${requestBody ? init : '{ ...init }'}),
      ),`;
}

/** The name of the type that a client sends, where it is not the one that a handler gets. */
function inputOf({ requestBody }: OperationModel, forms: Forms): string | undefined {
  if (requestBody?.schema.kind !== 'reference') return undefined;
  const input = forms.typeName(requestBody.schema.name, 'input');
  return input === forms.typeName(requestBody.schema.name, 'body') ? undefined : input;
}

function docComment(operation: OperationModel, service: string): string {
  const { method, path, summary, description, deprecated } = operation;
  const failures = operation.responses.filter(({ status }) => !isSuccess(status));
  const lines = [
    `${method.toUpperCase()} ${path}${summary && `: ${summary}`}`,
    ...(description && description !== summary ? ['', ...description.trim().split('\n')] : []),
    '',
    ...operation.parameters.map(parameterLine),
    `@returns ${answers(operation)}.`,
    `@throws {${service}ClientError} for everything else${failures.length > 0 ? '; documented:' : '.'}`,
    ...failures.map(({ status, response }) => `- ${status}: ${response.value.description}`),
    ...(deprecated ? ['@deprecated'] : []),
  ];
  return `    /**${lines.map((line) => `\n     * ${comment(line)}`.trimEnd()).join('')}\n     */`;
}

const isSuccess = (status: OperationModel['responses'][number]['status']): status is number =>
  typeof status === 'number' && status >= 200 && status < 300;

function parameterLine({ value }: Shared<ParameterModel>): string {
  const { in: place, name, required, description, default: fallback } = value;
  const presence = required
    ? 'required'
    : fallback === undefined
      ? 'optional'
      : `${JSON.stringify(fallback)} if absent`;
  return `@param options.parameters.${place}.${name} ${presence}${description && `; ${description}`}`;
}

/** The results of the function, for its comment. */
function answers({ responses }: OperationModel): string {
  const successes = responses.filter(({ status }) => isSuccess(status));
  const [only, ...others] = successes;
  const hasHeaders = only?.response.value.headers.some(({ name }) => name.toLowerCase() !== 'x-request-id');
  if (only === undefined) return 'nothing';
  if (others.length > 0 || hasHeaders) {
    return `\`{ status, body, headers }\` of ${successes.map(({ status }) => status).join(' or ')}`;
  }
  return only.response.value.body ? `the body of ${only.status}` : `nothing on ${only.status}`;
}
