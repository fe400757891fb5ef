import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import type { HttpBindings } from '@hono/node-server';
import { Hono } from 'hono';
import { RegExpRouter } from 'hono/router/reg-exp-router';
import { getPath } from 'hono/utils/url';
import { bearerCheck } from './authorize.ts';
import { addSwaggerUi, DOCS_PATHS } from './docs/swagger-ui.ts';
import type { Exchange, ExchangeEnv } from './exchange.ts';
import { FailedAuthentications, type FailureLimits } from './failed-authentications.ts';
import type { Logger } from './log.ts';
import { countRequests } from './metrics/count-requests.ts';
import { Metrics } from './metrics/metrics.ts';
import { Refusal } from './outcomes.ts';
import { edgeCheck } from './public-edge.ts';
import { REQUEST_ID, RefusedReply, writeError } from './write-reply.ts';

/** Open without the secret, exactly these. */
const OPEN_PATHS: ReadonlySet<string> = new Set(['/', '/openapi.json', '/openapi.yaml', ...DOCS_PATHS]);
const USABLE_REQUEST_ID = /^[\w.:-]{1,128}$/;

export interface PrivateAppOptions {
  /** The routes of the document, from `implement`. */
  readonly api: Hono<ExchangeEnv>;
  /** The hand-written document, served byte for byte. */
  readonly documentFile: URL;
  /** Current and, during a rotation, previous secret. */
  readonly secrets: readonly string[];
  readonly log: Logger;
  readonly failureLimits?: FailureLimits;
  /** Counts the requests, and is shown at `/metrics`, which is no operation: the contract is for the peer. */
  readonly metrics?: Metrics;
}

/** What `listen` serves. */
export interface PrivateApp {
  fetch(request: Request, bindings: HttpBindings): Promise<Response>;
}

/**
 * The app of the private listener, default-deny: whoever comes from outside gets 421, whoever lacks the bearer 401 or
 * 403 (429 where that goes on and on), before a route is looked for or a byte of a body is read. Then the document's routes, else 404 or 405.
 *
 * What surrounds every request stands around the routes, not among them as middleware: a route that matches alone is
 * called by Hono without a chain of promises, which costs as much as everything that the chain would do.
 */
export function privateApp(options: PrivateAppOptions): PrivateApp {
  const { secrets, log, failureLimits, metrics = new Metrics() } = options;
  const cameFromOutside = edgeCheck();
  const authorize = bearerCheck(secrets);
  const failures = new FailedAuthentications(failureLimits);
  const counted = countRequests(metrics);
  const routes = routesOf(options, metrics);

  function guard(request: Request, { incoming }: HttpBindings): void {
    if (cameFromOutside(request.headers, incoming)) {
      throw new Refusal(421, 'This API is only served on the private network');
    }
    try {
      authorize(request.headers.get('authorization'));
    } catch (error) {
      if (OPEN_PATHS.has(getPath(request))) return;
      failures.count(incoming.socket.remoteAddress ?? '');
      throw error;
    }
  }
  function failed(error: Error, exchange: Exchange): Response {
    const { requestId, operationId } = exchange;
    if (!(error instanceof Refusal) && error.name !== 'NotNow') {
      const faults = error instanceof RefusedReply ? error.faults : undefined;
      if (faults) exchange.brokeContract = true;
      log.error('request failed', { requestId, operationId, error, faults });
    }
    return writeError(error, { [REQUEST_ID]: requestId });
  }
  routes.onError((error, c) => failed(error, c.env.exchange));

  return {
    fetch: async (request, bindings) => {
      const startedAt = performance.now();
      const exchange: Exchange = { requestId: requestIdOf(bindings.incoming) };
      let response: Response;
      try {
        guard(request, bindings);
        response = await routes.fetch(request, { ...bindings, exchange });
      } catch (error) {
        if (!(error instanceof Error)) throw error;
        response = failed(error, exchange);
      }
      const { requestId, operationId } = exchange;
      // An operation's answer was made with it.
      if (operationId === undefined) response.headers.set(REQUEST_ID, requestId);
      const durationMs = performance.now() - startedAt;
      counted.finished({ operationId, status: response.status, seconds: durationMs / 1_000 });
      if (exchange.brokeContract) counted.brokeContract(operationId);
      log.info('request', {
        requestId,
        operationId,
        method: request.method,
        status: response.status,
        durationMs: Math.round(durationMs * 10) / 10,
      });
      return response;
    },
  };
}

function requestIdOf({ headers }: IncomingMessage): string {
  const sent = headers[REQUEST_ID];
  return typeof sent === 'string' && USABLE_REQUEST_ID.test(sent) ? sent : randomUUID();
}

/** The document's routes, the document itself, Swagger UI and the metrics. */
function routesOf({ api, documentFile }: PrivateAppOptions, metrics: Metrics): Hono<ExchangeEnv> {
  const yaml = readFileSync(documentFile, 'utf8');
  const routes = new Hono<ExchangeEnv>({ router: new RegExpRouter() });
  routes.get('/openapi.yaml', (c) => c.body(yaml, 200, { 'content-type': 'application/yaml; charset=utf-8' }));
  // Loaded when somebody asks: nothing else of a service reads YAML.
  routes.get('/openapi.json', async (c) => c.json((await import('yaml')).parse(yaml)));
  addSwaggerUi(routes);
  routes.get('/metrics', async (c) =>
    c.body(await metrics.text(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
  );
  routes.route('/', api);
  routes.notFound(() => writeError(new Refusal(404, 'Not found')));
  return routes;
}
