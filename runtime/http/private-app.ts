import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { getConnInfo } from '@hono/node-server/conninfo';
import { Hono, type MiddlewareHandler } from 'hono';
import type { Contract, Operation } from '../contract.ts';
import { MethodNotAllowed, RequestError, RetryLater } from '../errors.ts';
import type { Logger } from '../log.ts';
import { Metrics } from '../metrics.ts';
import { withoutPersonal } from '../without-personal.ts';
import { addSwaggerUi, DOCS_PATHS } from './docs/swagger-ui.ts';
import { bearerCheck, type FailureLimits, privateNetworkOnly } from './guard.ts';
import { type Handlers, implement, type RequestEnv, type ServiceContext } from './implement.ts';
import { errorResponse, REQUEST_ID, RejectedReply } from './response.ts';

export interface PrivateAppOptions<Operations, Context extends ServiceContext> {
  readonly contract: Contract<Operations>;
  readonly handlers: Handlers<Operations, Context>;
  readonly context: Context;
  /** The hand-written document, served byte for byte. */
  readonly documentFile: URL;
  /** Current and, during a rotation, previous secret. */
  readonly secrets: readonly string[];
  readonly failureLimits?: FailureLimits;
  /** Counts the requests, and is shown at `/metrics`. */
  readonly metrics?: Metrics;
}

/**
 * The app of a private listener, default-deny: a request from outside gets 421; without the bearer only documentation and
 * open operations answer, everything else 401 or 403, unknown paths too. Nothing of a body is read before that.
 */
export function privateApp<Operations, Context extends ServiceContext>(
  options: PrivateAppOptions<Operations, Context>,
): Hono<RequestEnv> {
  const { contract, handlers, context, documentFile, secrets, failureLimits, metrics = new Metrics() } = options;
  const { log } = context;
  const authorize = bearerCheck(secrets, failureLimits);
  const app = new Hono<RequestEnv>();
  app.use(observe(log, metrics, Object.values<Operation>(contract.operations)), privateNetworkOnly);
  addDocument(app, documentFile);
  addSwaggerUi(app);
  app.route('/', implement(contract, handlers, context, authorize));
  app.use(authorize);
  app.get('/metrics', async (c) =>
    c.body(await metrics.text(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
  );
  for (const path of [...DOCUMENT_PATHS, ...DOCS_PATHS, '/metrics']) {
    app.all(path, () => {
      throw new MethodNotAllowed(['GET', 'HEAD']);
    });
  }
  app.notFound((c) => errorResponse(new RequestError(404, 'Not found'), c.get('requestId')));
  app.onError((error, c) => {
    const requestId = c.get('requestId');
    if (error instanceof RequestError || error instanceof RetryLater) {
      c.set('reason', error.message);
      const [fault] = (error instanceof RequestError && error.details) || [];
      if (fault) c.set('fault', withoutPersonal(`${fault.path}: ${fault.message}`));
    } else {
      const faults = error instanceof RejectedReply ? error.faults : undefined;
      if (faults) c.set('brokeContract', true);
      log.error('request failed', { requestId, operationId: c.get('operationId'), error, faults });
    }
    return errorResponse(error, requestId);
  });
  return app;
}

const DOCUMENT_PATHS = ['/openapi.yaml', '/openapi.json'] as const;

function addDocument(app: Hono<RequestEnv>, documentFile: URL): void {
  const yaml = readFileSync(documentFile, 'utf8');
  app.get('/openapi.yaml', (c) => c.body(yaml, 200, { 'content-type': 'application/yaml; charset=utf-8' }));
  // Imported on the first request: nothing else of a service reads YAML.
  app.get('/openapi.json', async (c) => c.json((await import('yaml')).parse(yaml)));
}

/** By what a caller is, not by what it asks: the log says where it comes from. */
const CALLER_REJECTED: ReadonlySet<number> = new Set([401, 403, 421, 429]);

/** A path of no operation is logged only if it can hold no text of the caller's: no escapes, no address. */
const PLAIN_PATH = /^[\w/.-]{1,100}$/;

const USABLE_REQUEST_ID = /^[\w.:-]{1,128}$/;

/** The statuses of requests that match no operation. */
const OF_NO_OPERATION = [200, 401, 403, 404, 405, 421, 429, 500];

/** Gives every request an id, and logs and counts its answer. */
function observe(log: Logger, metrics: Metrics, operations: readonly Operation[]): MiddlewareHandler<RequestEnv> {
  const requests = metrics.counter('moddy_requests_total', 'Requests to the private port by operation and status.', [
    ...operations.flatMap(({ id, responses }) => Object.keys(responses).map((status) => ({ operation: id, status }))),
    ...OF_NO_OPERATION.map((status) => ({ operation: 'none', status })),
  ]);
  const durations = metrics.histogram('moddy_request_duration_seconds', 'Time to the answer by operation.', [
    'operation',
  ]);
  const violations = metrics.counter(
    'moddy_contract_violations_total',
    'Answers of ours that broke the document, repaired or rejected, by operation.',
    operations.map(({ id }) => ({ operation: id })),
  );
  return async (c, next) => {
    const startedAt = performance.now();
    const sent = c.req.header(REQUEST_ID);
    const requestId = sent !== undefined && USABLE_REQUEST_ID.test(sent) ? sent : randomUUID();
    c.set('requestId', requestId);
    await next();
    const operationId = c.get('operationId');
    const { status } = c.res;
    // The responses of operations and errors were made with it.
    if (operationId === undefined && status < 400) c.res.headers.set(REQUEST_ID, requestId);
    const durationMs = performance.now() - startedAt;
    const operation = operationId ?? 'none';
    requests.inc({ operation, status });
    durations.observe({ operation }, durationMs / 1_000);
    if (c.get('brokeContract')) violations.inc({ operation });
    log.info('request', {
      requestId,
      operationId,
      method: c.req.method,
      path: c.get('path') ?? (PLAIN_PATH.test(c.req.path) ? c.req.path : undefined),
      status,
      reason: c.get('reason'),
      detail: c.get('fault'),
      ...(CALLER_REJECTED.has(status) && { address: getConnInfo(c).remote.address }),
      durationMs: Math.round(durationMs * 10) / 10,
    });
  };
}
