import { bearerCheck } from '@moddy/runtime/http/authorize';
import { countRequests } from '@moddy/runtime/http/count-requests';
import { createLogger } from '@moddy/runtime/log';
import { Metrics } from '@moddy/runtime/metrics';
import { SECRET } from './secret.ts';

/*
 * The work list, the same for every server: authenticate the bearer (SHA-256, constant time) · refuse a body over
 * 64 KiB · parse the JSON · run the operation · answer JSON with `x-request-id` · one log line · one counter and one
 * histogram. The operation: notify answers its verdict and does nothing else; an event is stored by our group commit;
 * health answers a constant, and in ours is the bot's own. Beyond the list the frameworks validate the request, and ours
 * validates the answer too, refuses what came over the public edge, and counts failed authentications.
 */

export const MAX_BODY_BYTES = 64 * 1024;

/** Lines go to stdout as in production, through the same logger. */
export const log = createLogger('info', 'bench');
export const authorize = bearerCheck([SECRET]);
export const counted = countRequests(new Metrics());

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
  counted.finished({ operationId, status, seconds: durationMs / 1_000 });
  log.info('request', { requestId, operationId, method, status, durationMs: Math.round(durationMs * 10) / 10 });
}
