import { once } from 'node:events';
import type { HttpBindings } from '@hono/node-server';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import { type Context, Hono } from 'hono';
import type { Book, Books } from './books.ts';
import { faultWith, invalid, notModelled, StripeRejection } from './errors.ts';
import { expanded } from './expand.ts';
import type { Fault, Faults } from './faults.ts';
import type { Answer } from './idempotency.ts';
import { newId } from './ids.ts';
import { apiVersion } from './ledger.ts';
import { type Params, parseForm, watched } from './params.ts';
import type { RequestLog } from './request-log.ts';
import type { Endpoints } from './resources/webhook-endpoints.ts';
import { routes } from './resources.ts';
import { requireRight } from './rights.ts';
import type { Route } from './route.ts';

type Env = { Bindings: HttpBindings };

export interface Api extends Endpoints {
  books: Books;
  faults: Faults;
  log: RequestLog;
  origin: () => string;
}

interface Asked {
  requestId: string;
  path: string;
  pathId: string;
  body: string;
  key: string | undefined;
}

function rejectUnknown(params: Params, route: Route): void {
  const unknown = Object.keys(params).filter((name) => name !== 'expand' && !route.accepts.includes(name));
  const noun = unknown.length > 1 ? 'parameters' : 'parameter';
  if (unknown.length > 0)
    throw invalid(`Received unknown ${noun}: ${unknown.join(', ')}`, unknown[0], 'parameter_unknown');
}

/** Handlers are synchronous: a call is one step, nothing sees it half done, and its events name it as their cause. */
function carryOut(api: Api, book: Book, route: Route, asked: Asked): Answer {
  const { ledger } = book;
  const params = parseForm(asked.body);
  rejectUnknown(params, route);
  ledger.cause = { id: asked.requestId, idempotency_key: asked.key ?? null };
  try {
    const seen = watched(params);
    const answer = route.run({ ledger, params: seen.params, id: asked.pathId, origin: api.origin() });
    const ignored = seen.unread().filter((name) => !/^expand\b/.test(name));
    if (ignored.length > 0) throw notModelled(`${asked.path}: ${ignored.join(', ')}`);
    return { status: 200, body: expanded(ledger, answer, params) };
  } finally {
    ledger.cause = null;
  }
}

/**
 * A key is for the answer of what began to execute, a 5xx and a declined card included; a request that was rejected
 * before is not kept (Stripe docs: Idempotent requests).
 */
function answerTo(
  api: Api,
  book: Book,
  route: Route,
  asked: Asked,
  fault: Fault | undefined,
): Answer & { replayed: boolean } {
  const kept = asked.key === undefined ? undefined : book.idempotency.replay(asked.key, asked.path, asked.body);
  if (kept) return { ...kept, replayed: true };
  const answer = executed(() => {
    if (fault === undefined) return carryOut(api, book, route, asked);
    if (fault.done) carryOut(api, book, route, asked);
    throw faultWith(fault.status ?? 500);
  }, asked.requestId);
  if (asked.key !== undefined) book.idempotency.store(asked.key, asked.path, asked.body, answer);
  return { ...answer, replayed: false };
}

function executed(work: () => Answer, requestId: string): Answer {
  try {
    return work();
  } catch (error) {
    if (!(error instanceof StripeRejection)) throw error;
    const { status, type } = error.details;
    if (status >= 500 || type === 'card_error') return failure(requestId, error);
    throw error;
  }
}

const cut = (c: Context<Env>): Response => {
  c.env.incoming.socket.destroy();
  return RESPONSE_ALREADY_SENT;
};

const failure = (requestId: string, error: unknown): Answer => {
  if (error instanceof StripeRejection) return { status: error.details.status, body: error.body(requestId) };
  throw error;
};

/** Every route passes the same gate: fault, key, idempotency, the route itself, the log. */
function gate(api: Api, route: Route | undefined) {
  return async (c: Context<Env>): Promise<Response> => {
    const { method, path } = c.req;
    const requestId = newId('req');
    const query = new URL(c.req.url).search.slice(1);
    const body = method === 'POST' ? await c.req.text() : query;
    // Only a POST heeds it: a repeated DELETE finds nothing and answers 404 (Stripe docs: Idempotent requests).
    const key = method === 'POST' ? c.req.header('idempotency-key') : undefined;
    const fault = await api.faults.next(method, path);
    const write = (status: number, replayed = false) => {
      const params = parseForm(body);
      api.log.add({
        id: requestId,
        at: Date.now(),
        method,
        path,
        params,
        idempotencyKey: key ?? null,
        status,
        replayed,
      });
    };
    const released = api.faults.released();
    const untilReleased = async () => {
      if (!released.aborted) await Promise.race([once(released, 'abort'), once(c.env.incoming.socket, 'close')]);
    };
    if (fault?.effect === 'reset' || fault?.effect === 'hang') {
      write(0);
      if (fault.effect === 'hang') await untilReleased();
      return cut(c);
    }

    let answer: Answer & { replayed?: boolean };
    try {
      const struck = fault?.effect === 'status' ? fault : undefined;
      // A request without a key leaves nothing to remember; below 500 it is rejected before it is read.
      const remembered = struck?.done === true || (key !== undefined && (struck?.status ?? 500) >= 500);
      if (struck && !remembered) throw faultWith(struck.status ?? 500);
      const { book, key: apiKey, rights } = api.books.authenticate(c.req.header('authorization'));
      if (!route) throw notModelled(`${method} ${path}`);
      requireRight(rights, { method, path, key: apiKey, account: book.ledger.accountId });
      answer = answerTo(api, book, route, { requestId, path, pathId: c.req.param('id') ?? '', body, key }, struck);
    } catch (error) {
      answer = failure(requestId, error);
    }
    write(fault?.effect === 'lose' ? 0 : answer.status, answer.replayed);
    if (fault?.effect === 'lose') return cut(c);
    if (fault?.effect === 'late') await untilReleased();
    return new Response(JSON.stringify(answer.body), {
      status: answer.status,
      headers: {
        'content-type': 'application/json',
        'request-id': requestId,
        'stripe-version': c.req.header('stripe-version') ?? apiVersion,
        ...(key === undefined ? {} : { 'idempotency-key': key, 'original-request': requestId }),
        ...(answer.replayed ? { 'idempotent-replayed': 'true' } : {}),
      },
    });
  };
}

/** `/v1/…`, as the SDK calls it. */
export function api(context: Api): Hono<Env> {
  const app = new Hono<Env>({ strict: false });
  for (const route of routes(context)) app.on(route.method, route.path, gate(context, route));
  app.all('/v1/*', gate(context, undefined));
  app.all('/v2/*', gate(context, undefined));
  return app;
}
