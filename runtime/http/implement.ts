import type { Contract, Operation, Parameters, RequestBody, ResponseBody, Statuses } from '../contract.ts';
import { MethodNotAllowed, RequestError } from '../errors.ts';
import type { Logger } from '../log.ts';
import type { Answer, Exchange } from './exchange.ts';
import { PathTable } from './path-table.ts';
import { readBody, readParameters, receiveBody } from './read-request.ts';
import { writeReply } from './write-reply.ts';

/** Statuses that only the runtime answers; a handler throws `RetryLater` or `RequestError` for them. */
type RuntimeStatus = 400 | 401 | 403 | 404 | 405 | 413 | 415 | 421 | 429 | 500 | 503;
/** Statuses that a handler may reply: the documented ones that are not the runtime's. */
export type HandlerStatus<O> = Exclude<Statuses<O>, RuntimeStatus>;

/** A documented answer. A class with a private field, and exported as a type only: nothing but `reply` makes one. */
class Reply<O> {
  readonly status: number;
  readonly body: unknown;
  declare private readonly operation: O;
  constructor(status: number, body: unknown) {
    this.status = status;
    this.body = body;
  }
}

export type { Reply };

export interface HandlerInput<O, Context> {
  readonly body: RequestBody<O>;
  readonly parameters: Parameters<O>;
  readonly context: Context;
  /** Goes through to the peer, so that a request is one line of thought in both logs. */
  readonly requestId: string;
  /** An argument, not a returned literal: only arguments keep TypeScript's excess-property check. */
  readonly reply: <Status extends HandlerStatus<O>>(status: Status, body: ResponseBody<O, Status>) => Reply<O>;
}

/** Implements one operation of a document. */
export type Handler<O, Context> = (input: HandlerInput<O, Context>) => Promise<Reply<O>> | Reply<O>;

/** One handler per operation: a missing, extra or misspelt one is a type error. */
export type Handlers<Operations, Context> = { readonly [Id in keyof Operations]: Handler<Operations[Id], Context> };

/** What the runtime needs of every service's context. */
export interface ServiceContext {
  readonly log: Logger;
  /** In production an answer that breaks the contract is mended if its required fields are good; elsewhere it is a 500. */
  readonly production: boolean;
}

/** The operations of a document, ready to answer. */
export interface Api {
  /**
   * The answer of the operation that the request names, both ways validated; knows nothing of authentication.
   * @throws {Refusal} the request is at fault.
   */
  answer(exchange: Exchange): Promise<Answer>;
}

/** Makes the operations of a document answer by its handlers. Serve it with `privateApp`. */
export function implement<Operations, Context extends ServiceContext>(
  contract: Contract<Operations>,
  handlers: Handlers<Operations, Context>,
  context: Context,
): Api {
  const paths = new PathTable<Methods>();
  const methodsOf = new Map<string, Methods>();
  for (const id in contract.operations) {
    const operation = contract.operations[id];
    let methods = methodsOf.get(operation.path);
    if (methods === undefined) {
      methods = new Map();
      methodsOf.set(operation.path, methods);
      paths.add(operation.path, methods);
    }
    methods.set(operation.method.toUpperCase(), (exchange, inPath) =>
      answer(operation, handlers[id], context, exchange, inPath),
    );
  }
  return {
    answer: (exchange) => {
      const found = paths.find(exchange.target.path);
      if (found === undefined) throw new RequestError(404, 'Not found');
      const run = found.value.get(exchange.incoming.method ?? '');
      if (run === undefined) throw new MethodNotAllowed(found.value.keys());
      return run(exchange, found.parameters);
    },
  };
}

type Methods = Map<string, (exchange: Exchange, inPath: Readonly<Record<string, string>>) => Promise<Answer>>;

async function answer<O, Context extends ServiceContext>(
  operation: Operation,
  handler: Handler<O, Context>,
  context: Context,
  exchange: Exchange,
  inPath: Readonly<Record<string, string>>,
): Promise<Answer> {
  exchange.operationId = operation.id;
  const parameters = readParameters(operation, exchange, inPath);
  const body = readBody(operation, await receiveBody(operation, exchange.incoming));
  const replied = await handler({
    // The generated proof: what these schemas accept is the document's type.
    body: body as RequestBody<O>,
    parameters: parameters as Parameters<O>,
    context,
    requestId: exchange.requestId,
    reply: (status, replyBody) => new Reply<O>(status, replyBody),
  });
  const { answer: written, faults } = writeReply(operation, replied.status, replied.body, {
    repair: context.production,
  });
  if (faults.length > 0) {
    exchange.brokeContract = true;
    context.log.error('an answer broke its document and was mended', { operationId: operation.id, faults });
  }
  return written;
}
