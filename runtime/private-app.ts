import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { getConnInfo } from '@hono/node-server/conninfo';
import { Hono } from 'hono';
import { RegExpRouter } from 'hono/router/reg-exp-router';
import { parse } from 'yaml';
import { bearerCheck } from './authorize.ts';
import { addSwaggerUi, DOCS_PATHS } from './docs/swagger-ui.ts';
import { FailedAuthentications, type FailureLimits } from './failed-authentications.ts';
import type { RequestVariables } from './implement.ts';
import type { Logger } from './log.ts';
import { countRequests } from './metrics/count-requests.ts';
import { Metrics } from './metrics/metrics.ts';
import { Refusal } from './outcomes.ts';
import { cameFromOutside } from './public-edge.ts';
import { RefusedReply, writeError } from './write-reply.ts';

/** Open without the secret, exactly these. */
const OPEN_PATHS: ReadonlySet<string> = new Set(['/', '/openapi.json', '/openapi.yaml', ...DOCS_PATHS]);
const USABLE_REQUEST_ID = /^[\w.:-]{1,128}$/;

export interface PrivateAppOptions {
  /** The routes of the document, from `implement`. */
  readonly api: Hono<RequestVariables>;
  /** The hand-written document, served byte for byte. */
  readonly documentFile: URL;
  /** Current and, during a rotation, previous secret. */
  readonly secrets: readonly string[];
  readonly log: Logger;
  readonly failureLimits?: FailureLimits;
  /** Counts the requests, and is shown at `/metrics`, which is no operation: the contract is for the peer. */
  readonly metrics?: Metrics;
}

/**
 * The app of the private listener, default-deny: whoever comes from outside gets 421, whoever lacks the bearer 401 or
 * 403 (429 where that goes on and on), before a path is looked at or a byte of a body is read. Then the document's routes, else 404 or 405.
 */
export function privateApp({
  api,
  documentFile,
  secrets,
  log,
  failureLimits,
  metrics = new Metrics(),
}: PrivateAppOptions): Hono<RequestVariables> {
  const authorize = bearerCheck(secrets);
  const failures = new FailedAuthentications(failureLimits);
  const counted = countRequests(metrics);
  const yaml = readFileSync(documentFile, 'utf8');
  const app = new Hono<RequestVariables>({ router: new RegExpRouter() });

  app.use('*', async (c, next) => {
    const startedAt = performance.now();
    const sent = c.req.header('x-request-id');
    const requestId = sent !== undefined && USABLE_REQUEST_ID.test(sent) ? sent : randomUUID();
    c.set('requestId', requestId);
    await next();
    c.res.headers.set('x-request-id', requestId);
    const operationId = c.get('operationId');
    const durationMs = performance.now() - startedAt;
    counted.finished({ operationId, status: c.res.status, seconds: durationMs / 1_000 });
    if (c.get('brokeContract')) counted.brokeContract(operationId);
    log.info('request', {
      requestId,
      operationId,
      method: c.req.method,
      status: c.res.status,
      durationMs: Math.round(durationMs * 10) / 10,
    });
  });
  app.use('*', async (c, next) => {
    if (cameFromOutside((name) => c.req.header(name))) {
      throw new Refusal(421, 'This API is only served on the private network');
    }
    if (!OPEN_PATHS.has(c.req.path)) {
      try {
        authorize(c.req.header('authorization'));
      } catch (error) {
        failures.count(getConnInfo(c).remote.address ?? '');
        throw error;
      }
    }
    await next();
  });

  app.get('/openapi.yaml', (c) => c.body(yaml, 200, { 'content-type': 'application/yaml; charset=utf-8' }));
  app.get('/openapi.json', (c) => c.json(parse(yaml)));
  addSwaggerUi(app);
  app.get('/metrics', async (c) =>
    c.body(await metrics.text(), 200, { 'content-type': 'text/plain; version=0.0.4; charset=utf-8' }),
  );
  app.route('/', api);
  app.notFound(() => writeError(new Refusal(404, 'Not found')));
  app.onError((error, c) => {
    if (!(error instanceof Refusal) && error.name !== 'NotNow') {
      const faults = error instanceof RefusedReply ? error.faults : undefined;
      if (faults) c.set('brokeContract', true);
      log.error('request failed', { requestId: c.get('requestId'), operationId: c.get('operationId'), error, faults });
    }
    return writeError(error);
  });
  return app;
}
