import { randomUUID } from 'node:crypto';
import type { IncomingMessage, RequestListener } from 'node:http';
import { MethodNotAllowed, RequestError, RetryLater } from '../errors.ts';
import type { Logger } from '../log.ts';
import { Metrics } from '../metrics.ts';
import { bearerCheck } from './authorize.ts';
import { countRequests } from './count-requests.ts';
import { DOCS_PATHS } from './docs/swagger-ui.ts';
import { type Answer, type Exchange, targetOf } from './exchange.ts';
import { FailedAuthentications, type FailureLimits } from './failed-authentications.ts';
import type { Api } from './implement.ts';
import { pagesOf } from './pages.ts';
import { edgeCheck } from './public-edge.ts';
import { sentHeader } from './sent-header.ts';
import { REQUEST_ID, RejectedReply, sendAnswer, writeError } from './write-reply.ts';

/** Open without the secret, exactly these. */
const OPEN_PATHS: ReadonlySet<string> = new Set(['/', '/openapi.json', '/openapi.yaml', ...DOCS_PATHS]);
const USABLE_REQUEST_ID = /^[\w.:-]{1,128}$/;

export interface PrivateAppOptions {
  /** The operations of the document, from `implement`. */
  readonly api: Api;
  /** The hand-written document, served byte for byte. */
  readonly documentFile: URL;
  /** Current and, during a rotation, previous secret. */
  readonly secrets: readonly string[];
  readonly log: Logger;
  readonly failureLimits?: FailureLimits;
  /** Counts the requests, and is shown at `/metrics`. */
  readonly metrics?: Metrics;
}

/**
 * What `listen` serves on the private port, default-deny: whoever comes from outside gets 421, whoever lacks the bearer
 * 401 or 403 (429 where that goes on and on), before a path is looked for or a byte of a body is read. Then the
 * document's operations and the pages beside them, else 404 or 405.
 *
 * Written on Node's own request and answer: between them and a checked operation nothing else is needed.
 */
export function privateApp(options: PrivateAppOptions): RequestListener {
  const { api, documentFile, secrets, log, failureLimits, metrics = new Metrics() } = options;
  const cameFromOutside = edgeCheck();
  const authorize = bearerCheck(secrets);
  const failures = new FailedAuthentications(failureLimits);
  const counted = countRequests(metrics);
  const pages = pagesOf(documentFile, metrics);

  function guard({ incoming, target }: Exchange): void {
    if (cameFromOutside(incoming)) throw new RequestError(421, 'This API is only served on the private network');
    try {
      authorize(sentHeader(incoming, 'authorization'));
    } catch (error) {
      if (OPEN_PATHS.has(target.path)) return;
      failures.count(incoming.socket.remoteAddress ?? '');
      throw error;
    }
  }
  function answer(exchange: Exchange): Answer | Promise<Answer> {
    const { incoming, target } = exchange;
    const page = pages.get(target.path);
    if (page === undefined) return api.answer(exchange);
    if (incoming.method !== 'GET' && incoming.method !== 'HEAD') throw new MethodNotAllowed(['GET', 'HEAD']);
    return page(incoming);
  }
  function failed(error: unknown, exchange: Exchange): Answer {
    if (!(error instanceof RequestError) && !(error instanceof RetryLater)) {
      const { requestId, operationId } = exchange;
      const faults = error instanceof RejectedReply ? error.faults : undefined;
      if (faults) exchange.brokeContract = true;
      log.error('request failed', { requestId, operationId, error, faults });
    }
    return writeError(error);
  }
  return async (incoming, outgoing) => {
    const startedAt = performance.now();
    const exchange: Exchange = { incoming, target: targetOf(incoming), requestId: requestIdOf(incoming) };
    let answered: Answer;
    try {
      guard(exchange);
      answered = await answer(exchange);
    } catch (error) {
      answered = failed(error, exchange);
    }
    const { requestId, operationId } = exchange;
    sendAnswer(outgoing, answered, requestId);
    const durationMs = performance.now() - startedAt;
    counted.finished({ operationId, status: answered.status, seconds: durationMs / 1_000 });
    if (exchange.brokeContract) counted.brokeContract(operationId);
    log.info('request', {
      requestId,
      operationId,
      method: incoming.method,
      status: answered.status,
      durationMs: Math.round(durationMs * 10) / 10,
    });
  };
}

function requestIdOf({ headers }: IncomingMessage): string {
  const sent = headers[REQUEST_ID];
  return typeof sent === 'string' && USABLE_REQUEST_ID.test(sent) ? sent : randomUUID();
}
