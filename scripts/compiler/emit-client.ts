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
    ...(document.operations.some(({ parameters }) => parameters.some(({ value }) => value.required))
      ? ['Parameters']
      : []),
    ...(document.operations.some(({ requestBody }) => requestBody) ? ['RequestBody'] : []),
  ];
  return `${header(document.name)}import { type CallOptions, ClientError, type ClientOptions, internalClient } from '@moddy/runtime/client/client';
${types.length > 0 ? `import type { ${types.join(', ')} } from '@moddy/runtime/contract';\n` : ''}import { ${contract} } from './routes.ts';
import type { operations, paths } from './types.ts';

export class ${service}ClientError extends ClientError {
  override readonly name = '${service}ClientError';
}

export type ${service}Client = ReturnType<typeof create${service}Client>;

export function create${service}Client(options: ClientOptions) {
  const { http, verdict } = internalClient<paths>(options, ${service}ClientError);
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
  return `    /** ${method} ${operation.path}${summary && `: ${summary}`}. Answers the body of 200; throws ${service}ClientError for everything else. */
    ${operation.id}: (${[...body, options].join(', ')}) =>
      verdict<${type}>(${contract}.operations.${operation.id}, options, (init) =>
        http.${method}(${literal(operation.path)}, ${requestBody ? bodyArgument : '{ ...init }'}),
      ),`;
}
