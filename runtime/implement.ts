import { Hono, type Context as HonoContext } from 'hono';
import type { Contract, Operation, Parameters, RequestBody, ResponseBody, Statuses } from './contract.ts';
import type { ExchangeEnv } from './exchange.ts';
import type { Logger } from './log.ts';
import { Refusal } from './outcomes.ts';
import { readBody, readParameters } from './read-request.ts';
import { writeError, writeReply } from './write-reply.ts';

/** Statuses that only the runtime answers; a handler throws `NotNow` or `Refusal` for them. */
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

/**
 * Makes the routes of a document answer with its handlers, both ways validated. Knows nothing of authentication:
 * mount it behind `privateApp`.
 */
export function implement<Operations, Context extends ServiceContext>(
  contract: Contract<Operations>,
  handlers: Handlers<Operations, Context>,
  context: Context,
): Hono<ExchangeEnv> {
  const app = new Hono<ExchangeEnv>();
  const paths = new Map<string, Methods>();
  for (const id in contract.operations) {
    const operation = contract.operations[id];
    const path = operation.path.replace(/\{([^}]+)\}/g, ':$1');
    const methods: Methods = paths.get(path) ?? new Map();
    methods.set(operation.method.toUpperCase(), (c) => answer(operation, handlers[id], context, c));
    paths.set(path, methods);
  }
  for (const [path, methods] of paths) {
    const allow = [...methods.keys()].join(', ');
    // One handler per path, for every method: Hono would answer HEAD by GET, and the document has no HEAD.
    app.all(
      path,
      (c) => methods.get(c.req.method)?.(c) ?? writeError(new Refusal(405, 'Method not allowed'), { allow }),
    );
  }
  return app;
}

type Methods = Map<string, (c: HonoContext<ExchangeEnv>) => Promise<Response>>;

async function answer<O, Context extends ServiceContext>(
  operation: Operation,
  handler: Handler<O, Context>,
  context: Context,
  c: HonoContext<ExchangeEnv>,
): Promise<Response> {
  const { exchange } = c.env;
  exchange.operationId = operation.id;
  const parameters = readParameters(operation, c);
  const body = await readBody(operation, c);
  const answered = await handler({
    // The generated proof: what these schemas accept is the document's type.
    body: body as RequestBody<O>,
    parameters: parameters as Parameters<O>,
    context,
    requestId: exchange.requestId,
    reply: (status, replyBody) => new Reply<O>(status, replyBody),
  });
  const { response, faults } = writeReply(operation, answered.status, answered.body, {
    mend: context.production,
    requestId: exchange.requestId,
  });
  if (faults.length > 0) {
    exchange.brokeContract = true;
    context.log.error('an answer broke its document and was mended', { operationId: operation.id, faults });
  }
  return response;
}
