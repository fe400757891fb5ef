import { header } from './emit-schemas.ts';
import { comment, literal } from './layout.ts';
import { camelCase, serviceName } from './names.ts';
import type { DocumentModel, OperationModel } from './operation.ts';

/** The text of client.ts. */
export function emitClient(document: DocumentModel): string {
  const service = serviceName(document.name);
  const contract = camelCase(document.name);
  const functions = document.operations.map((operation) => emitFunction(operation, contract, service));
  const types = [
    'ErrorStatuses',
    ...(document.operations.some(({ parameters }) => parameters.some(({ value }) => value.required))
      ? ['Parameters']
      : []),
    ...(document.operations.some(({ requestBody }) => requestBody) ? ['RequestBody'] : []),
  ];
  return `${header(document.name)}import { type CallOptions, ClientError, type ClientOptions, type DocumentedError, internalClient } from '@moddy/runtime/client/client';
import type { ${types.join(', ')} } from '@moddy/runtime/contract';
import { ${contract} } from './routes.ts';
import type { operations, paths } from './types.ts';

export class ${service}ClientError extends ClientError {
  override readonly name = '${service}ClientError';

  /** True for an error of this operation and status; \`body\` then has its documented type. */
  static is<Id extends keyof operations, Status extends ErrorStatuses<operations[Id]>>(
    error: unknown,
    operationId: Id,
    status: Status,
  ): error is ${service}ClientError & DocumentedError<operations[Id], Status> {
    const isOurs = error instanceof ${service}ClientError && error.operationId === operationId;
    return isOurs && error.status === status && error.documented;
  }
}

export type ${service}Client = ReturnType<typeof create${service}Client>;

export function create${service}Client(options: ClientOptions) {
  const { http, call } = internalClient<paths>(options, ${service}ClientError);
  return {
${functions.join('\n')}
  };
}
`;
}

function emitFunction(operation: OperationModel, contract: string, service: string): string {
  const type = `operations['${operation.id}']`;
  const method = operation.method.toUpperCase();
  const { requestBody } = operation;
  const needsParameters = operation.parameters.some(({ value }) => value.required);
  // A parameter that may be left out cannot stand before one that may not; the type of the body has `undefined` itself.
  const mayBeLeftOut = requestBody?.required === false && !needsParameters;
  const body = requestBody ? [`body${mayBeLeftOut ? '?' : ''}: RequestBody<${type}>`] : [];
  const options = needsParameters
    ? `options: CallOptions<${type}> & { readonly parameters: Parameters<${type}> }`
    : `options: CallOptions<${type}> = {}`;
  const bodyArgument = requestBody?.required ? '{ ...init, body }' : '{ ...init, ...(body !== undefined && { body }) }';
  const summary = comment(operation.summary).replace(/\.$/, '');
  return `    /** ${method} ${operation.path}${summary && `: ${summary}`}. ${answers(operation)}; throws ${service}ClientError for everything else. */
    ${operation.id}: (${[...body, options].join(', ')}) =>
      call<${type}>(${contract}.operations.${operation.id}, options, (init) =>
        http.${method}(${literal(operation.path)}, ${requestBody ? bodyArgument : '{ ...init }'}),
      ),`;
}

/** What the function answers, for its comment. */
function answers({ responses }: OperationModel): string {
  const successes = responses.filter(({ status }) => status >= 200 && status < 300);
  const [only, ...others] = successes;
  const hasHeaders = only?.response.value.headers.some(({ name }) => name.toLowerCase() !== 'x-request-id');
  if (only === undefined) return 'Answers nothing';
  if (others.length > 0 || hasHeaders) {
    return `Answers \`{ status, body, headers }\` of ${successes.map(({ status }) => status).join(' or ')}`;
  }
  return only.response.value.body ? `Answers the body of ${only.status}` : `Answers nothing on ${only.status}`;
}
