import { hash, timingSafeEqual } from 'node:crypto';
import { botInternal } from '@moddy/generated/bot-internal/routes';
import { RequestError } from '@moddy/runtime/errors';
import { createLogger } from '@moddy/runtime/log';
import { Metrics } from '@moddy/runtime/metrics';

/*
 * The work of every server for `POST /internal/notify`: authenticate the bearer (SHA-256, constant time) · reject a body
 * over 64 KiB · parse the JSON · answer the verdict, and nothing else, as JSON with `x-request-id` · one log line · one
 * counter and one histogram. Beyond that the frameworks validate the request, and ours validates the answer too, rejects
 * what came over the public edge, and counts failed authentications.
 */

export const SECRET = 'bench-secret-of-thirty-two-characters';
export const MAX_BODY_BYTES = 64 * 1024;
export const { notifyUser } = botInternal.operations;
/** The request's body, and the answer. */
export const BODY = {
  discord_id: '123456789012345678',
  action: 'plan_upgraded',
  plan: 'moddy_max',
  locale: 'fr',
  metadata: { customer_id: 'cus_1', interval: 'month' },
} as const;
export const VERDICT = { success: true, message: 'User notified successfully', notification_sent: true } as const;

/** Lines go to stdout as in production, through the same logger. */
export const log = createLogger('info', 'bench');
const expected = hash('sha256', SECRET, 'buffer');
/** @throws {RequestError} without the bearer. */
export function authorize(authorization: string | undefined): void {
  const sent = hash('sha256', authorization?.replace(/^Bearer /, '') ?? '', 'buffer');
  if (!timingSafeEqual(sent, expected)) throw new RequestError(403, 'Invalid secret');
}

const metrics = new Metrics();
const requests = metrics.counter('requests_total', 'Requests.', [], ['operation', 'status']);
const durations = metrics.histogram('request_duration_seconds', 'Time to the answer.', ['operation']);

/** The log line and the metric of an answered request. */
export function account(requestId: string, status: number, durationMs: number): void {
  const operationId = notifyUser.id;
  requests.inc({ operation: operationId, status });
  durations.observe({ operation: operationId }, durationMs / 1_000);
  log.info('request', { requestId, operationId, method: 'POST', status, durationMs: Math.round(durationMs * 10) / 10 });
}

/** Sends the bench the port of this process and, whenever asked, its CPU time in µs: of all threads, user and system. */
export function attend(port: number): void {
  process.on('message', () => {
    const { user, system } = process.cpuUsage();
    process.send?.(user + system);
  });
  process.on('disconnect', () => process.exit());
  process.send?.(port);
}
