import { hash, timingSafeEqual } from 'node:crypto';
import { RequestError } from '@moddy/runtime/errors';
import { createLogger } from '@moddy/runtime/log';
import { Metrics } from '@moddy/runtime/metrics';
import { SECRET } from './secret.ts';

/*
 * The work list, the same for every server: authenticate the bearer (SHA-256, constant time) · reject a body over
 * 64 KiB · parse the JSON · run the operation · answer JSON with `x-request-id` · one log line · one counter and one
 * histogram. The operation: notify answers its verdict and does nothing else; an event is stored by our group commit;
 * health answers a constant, and in ours is the bot's own. Beyond the list the frameworks validate the request, and ours
 * validates the answer too, rejects what came over the public edge, and counts failed authentications.
 */

export const MAX_BODY_BYTES = 64 * 1024;

/** Lines go to stdout as in production, through the same logger. */
export const log = createLogger('info', 'bench');
const expected = hash('sha256', SECRET, 'buffer');
/** @throws {RequestError} without the bearer. */
export function authorize(authorization: string | undefined): void {
  const sent = hash('sha256', authorization?.replace(/^Bearer /, '') ?? '', 'buffer');
  if (!timingSafeEqual(sent, expected)) throw new RequestError(403, 'Invalid secret');
}

const metrics = new Metrics();
const requests = metrics.counter('requests_total', 'Requests.', ['operation', 'status']);
const durations = metrics.histogram('request_duration_seconds', 'Time to the answer.', ['operation']);

export interface Finished {
  readonly requestId: string;
  readonly operationId: string;
  readonly method: string;
  readonly status: number;
  readonly startedAt: number;
}

/** The log line and the metric of an answered request. */
export function account({ requestId, operationId, method, status, startedAt }: Finished): void {
  const durationMs = performance.now() - startedAt;
  requests.inc({ operation: operationId, status });
  durations.observe({ operation: operationId }, durationMs / 1_000);
  log.info('request', { requestId, operationId, method, status, durationMs: Math.round(durationMs * 10) / 10 });
}
