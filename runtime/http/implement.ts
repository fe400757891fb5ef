import { randomUUID } from 'node:crypto';
import { OpenAPIHono } from '@hono/zod-openapi';
import type { Context as HonoContext, MiddlewareHandler } from 'hono';
import type {
  Contract,
  Operation,
  Parameters,
  RequestBody,
  ResponseBody,
  ResponseHeaders,
  Statuses,
} from '../contract.ts';
import { MethodNotAllowed, RequestError } from '../errors.ts';
import type { Logger } from '../log.ts';
import { denyAll } from './guard.ts';
import { readBody, readParameters } from './request.ts';
import { type Replied, writeReply } from './response.ts';

/** Statuses that `reply` does not take: the runtime writes them, some for a `RetryLater` or `RequestError` of a handler. */
type RuntimeStatus = 400 | 401 | 403 | 405 | 413 | 415 | 421 | 429 | 500 | 503;
/** Statuses that a handler may reply: the documented ones that are not the runtime's. */
export type HandlerStatus<O> = Exclude<Statuses<O>, RuntimeStatus>;

/** A documented reply. A class with a private field, exported as a type only: nothing but `reply` makes one. */
class Reply<O> implements Replied {
  readonly status: number;
  readonly body: unknown;
  readonly headers: Replied['headers'];
  declare private readonly operation: O;
  constructor(status: number, body: unknown, headers: Replied['headers']) {
    this.status = status;
    this.body = body;
    this.headers = headers;
  }
}

export type { Reply };

/** The arguments of `reply` after the status: the body if there is one, then headers if any are documented. */
type ReplyArguments<Body, Headers> =
  Record<never, never> extends Headers
    ? keyof Headers extends never
      ? [Body] extends [undefined]
        ? []
        : [body: Body]
      : [Body] extends [undefined]
        ? [body?: undefined, headers?: Headers]
        : [body: Body, headers?: Headers]
    : [body: Body, headers: Headers];

export interface HandlerInput<O, Context> {
  readonly body: RequestBody<O>;
  readonly parameters: Parameters<O>;
  readonly context: Context;
  /** Passed on to the peer, so that both services log the same id. */
  readonly requestId: string;
  /** An argument, not a returned literal: only arguments keep TypeScript's excess-property check. */
  readonly reply: <Status extends HandlerStatus<O>>(
    status: Status,
    ...more: ReplyArguments<ResponseBody<O, Status>, ResponseHeaders<O, Status>>
  ) => Reply<O>;
}

/** Implements one operation of a document. */
export type Handler<O, Context> = (input: HandlerInput<O, Context>) => Promise<Reply<O>> | Reply<O>;

/** One handler per operation: a missing, extra or misspelt one is a type error. */
export type Handlers<Operations, Context> = { readonly [Id in keyof Operations]: Handler<Operations[Id], Context> };

/** The fields that the runtime needs in every service's context. */
export interface ServiceContext {
  readonly log: Logger;
  /** In production a reply that breaks the contract is repaired if its required fields are good; elsewhere it is a 500. */
  readonly production: boolean;
}

/**
 * Decides whether a caller satisfies a security scheme with these scopes.
 * @throws {RequestError} 401 or 403 where it does not.
 */
export type SecurityCheck = (c: HonoContext, scopes: readonly string[]) => void | Promise<void>;
/** By the names of the document's security schemes. */
export type SecurityChecks = Readonly<Record<string, SecurityCheck>>;

/** The values that the runtime keeps with a request. */
export interface RequestEnv {
  Variables: {
    /** The caller's, if it is usable, else a new one. */
    requestId: string;
    /** Unset for what is not an operation: an unknown path, a page, a rejected caller. */
    operationId?: string;
    /** Its path as the document writes it: a path that was sent may hold what a log must not. */
    path?: string;
    /** Why the request was rejected or postponed. */
    reason?: string;
    /** Its first fault, if it has any. */
    fault?: string;
    /** The reply broke the document, and was repaired or rejected. */
    brokeContract?: true;
  };
}

/**
 * Makes an app of a document: each generated route with its handler, both directions validated.
 *
 * Concrete paths come before templated ones, as OpenAPI matches them, and each path ends with the 405 for its other
 * methods. HEAD is answered as GET without the body (RFC 9110 9.3.2).
 * @param authorize middleware before every operation that is not open (`security: []`), and before every 405; or, for
 *   a document whose security schemes are others than one bearer, a check for each of them.
 */
export function implement<Operations, Context extends ServiceContext>(
  contract: Contract<Operations>,
  handlers: Handlers<Operations, Context>,
  context: Context,
  authorize: MiddlewareHandler | SecurityChecks = denyAll,
): OpenAPIHono<RequestEnv> {
  const app = new OpenAPIHono<RequestEnv>();
  rejectMissingChecks(contract, authorize);
  const methodsOf = new Map<string, string[]>();
  for (const id in contract.operations) {
    const { path, method } = contract.operations[id];
    const methods = methodsOf.get(path) ?? [];
    methodsOf.set(path, [...methods, ...(method === 'get' ? ['GET', 'HEAD'] : [method.toUpperCase()])]);
  }
  for (const [path, methods] of methodsOf) {
    const guards: MiddlewareHandler[] = [];
    const routingPath = path.replaceAll(/\{(\w+)\}/g, ':$1');
    for (const id in contract.operations) {
      const operation = contract.operations[id];
      if (operation.path !== path) continue;
      app.openAPIRegistry.registerPath(contract.routes[id]);
      const handle = (c: HonoContext<RequestEnv>) => answer(operation, handlers[id], context, c);
      const guard = operation.secured ? [guardOf(operation, authorize)] : [];
      guards.push(...guard);
      app.on([operation.method], [routingPath], ...guard, handle);
    }
    app.all(routingPath, typeof authorize === 'function' ? authorize : (guards[0] ?? passOn), () => {
      throw new MethodNotAllowed(methods);
    });
  }
  return app;
}

const passOn: MiddlewareHandler = (_c, next) => next();

function rejectMissingChecks<Operations>(
  { name, schemes = [] }: Contract<Operations>,
  authorize: MiddlewareHandler | SecurityChecks,
): void {
  if (typeof authorize === 'function') return;
  const missing = schemes.filter((scheme) => authorize[scheme] === undefined);
  if (missing.length > 0 || schemes.length === 0)
    throw new Error(
      `${name}: no check for the security schemes ${missing.join(', ') || 'of a document that has one bearer'}`,
    );
}

/** Passes a request that satisfies any one of the operation's requirements; the last one's error says why not. */
function guardOf({ security = [] }: Operation, authorize: MiddlewareHandler | SecurityChecks): MiddlewareHandler {
  if (typeof authorize === 'function') return authorize;
  return async (c, next) => {
    let fault: unknown = new RequestError(403, 'Forbidden');
    for (const requirement of security) {
      try {
        for (const [scheme, scopes] of Object.entries(requirement)) {
          const check = authorize[scheme];
          if (check === undefined) throw new RequestError(403, 'Forbidden');
          await check(c, scopes);
        }
        fault = undefined;
        break;
      } catch (error) {
        if (!(error instanceof RequestError)) throw error;
        fault = error;
      }
    }
    if (fault !== undefined) throw fault;
    await next();
  };
}

async function answer<O, Context extends ServiceContext>(
  operation: Operation,
  handler: Handler<O, Context>,
  context: Context,
  c: HonoContext<RequestEnv>,
): Promise<Response> {
  c.set('operationId', operation.id);
  c.set('path', operation.path);
  // An app that embeds this one need not give its requests ids.
  const requestId = c.get('requestId') ?? randomUUID();
  c.set('requestId', requestId);
  const parameters = readParameters(operation, c.req);
  const body = await readBody(operation, c);
  const replied = await handler({
    // The generated proof: these schemas accept exactly the document's type.
    body: body as RequestBody<O>,
    parameters: parameters as Parameters<O>,
    context,
    requestId,
    reply: (status, ...[replyBody, headers]) => new Reply<O>(status, replyBody, headers ?? {}),
  });
  const { response, faults } = writeReply(operation, replied, { requestId, repair: context.production });
  if (faults.length > 0) {
    c.set('brokeContract', true);
    context.log.error('a reply broke its document and was repaired', { operationId: operation.id, faults });
  }
  return response;
}
