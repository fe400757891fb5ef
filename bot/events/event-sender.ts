import { setTimeout as delay } from 'node:timers/promises';
import type { BackendClient } from '@moddy/generated/backend-internal/client';
import { BackOff } from '@moddy/runtime/back-off';
import { ClientError } from '@moddy/runtime/client/client';
import { isRecord } from '@moddy/runtime/is-record';
import type { Logger } from '@moddy/runtime/log';
import { throttleLog } from '../throttle-log.ts';
import type { Timings } from '../timings.ts';
import { type BotEvent, EventLanes, type QueuedEvent } from './event-lanes.ts';

const MAX_WAITING = 10_000;
const CONCURRENCY = 8;
/** For faults of the backend: again a few times, then this event is the cause. */
const MAX_FAILURES = 5;

export type EventSender = ReturnType<typeof createEventSender>;

/**
 * Sends Discord's events to the backend, in each user's order, through its outages. The backend's guarantee starts with
 * its 200; events that are lost with this process are made good when the backend resyncs roles.
 */
export function createEventSender(backend: Pick<BackendClient, 'notifyEvent'>, timings: Timings, log: Logger) {
  const lanes = new EventLanes(MAX_WAITING);
  const backOff = new BackOff(timings.eventRetryMs, timings.maxEventRetryMs);
  const mayLog = throttleLog();
  const stopped = new AbortController();
  const sending = new Set<Promise<void>>();
  let pause: Promise<void> | undefined;
  let dropped = 0;
  let hasLost = false;
  let trouble: string | undefined;

  function pump(): void {
    while (pause === undefined && sending.size < CONCURRENCY && !stopped.signal.aborted) {
      const event = lanes.take();
      if (event === undefined) return;
      const attempt = send(event).finally(() => {
        sending.delete(attempt);
        pump();
      });
      sending.add(attempt);
    }
  }

  async function send(event: QueuedEvent): Promise<void> {
    event.attempts += 1;
    try {
      await backend.notifyEvent(event.body, {
        // Written in place: TypeScript reports a header that the document lacks in an object literal only.
        parameters: { header: { 'Idempotency-Key': event.idempotencyKey, 'X-Delivery-Attempt': event.attempts } },
        signal: stopped.signal,
      });
      lanes.done(event);
      trouble = undefined;
      backOff.reset();
      if (lanes.size === 0) hasLost = false;
    } catch (error) {
      if (error instanceof ClientError) return afterFailure(event, error);
      log.error('an event could not be sent', { error });
      lanes.done(event);
      drop('a fault of the bot', event);
    }
  }

  function afterFailure(event: QueuedEvent, error: ClientError): void {
    const { event_type: eventType, discord_id: discordId } = event.body;
    const { outcome, status } = error;
    // A newer backend took it in a way that this version does not know; or another process has reported it already, in
    // other words: the key is of the happening.
    if (outcome === 'answered' || isKnownKey(error)) {
      lanes.done(event);
      return;
    }
    if (outcome === 'failed') event.failures += 1;
    if (outcome === 'rejected' || event.failures >= MAX_FAILURES) {
      lanes.done(event);
      drop(`the backend answered ${status ?? 'nothing readable'}`, event);
      return;
    }
    lanes.release(event);
    trouble = outcome;
    // One step of the back-off per round: the others failed of the same cause.
    if (pause !== undefined) return;
    const retryInMs = Math.max(backOff.next(), (error.retryAfterSeconds ?? 0) * 1_000);
    if (mayLog('waiting') && !stopped.signal.aborted) {
      const waiting = lanes.size;
      log.warn('the backend does not take events', { outcome, status, eventType, discordId, waiting, retryInMs });
    }
    pause = waitFor(retryInMs);
  }

  /** All lanes wait: a fault of the backend affects the next call, too. */
  async function waitFor(retryInMs: number): Promise<void> {
    await delay(retryInMs, undefined, { signal: stopped.signal }).catch(() => undefined);
    pause = undefined;
    pump();
  }

  function drop(reason: string, event: BotEvent): void {
    dropped += 1;
    hasLost = true;
    if (!mayLog('dropped')) return;
    const { event_type: eventType, discord_id: discordId } = event.body;
    log.error('events dropped', { reason, eventType, discordId, count: dropped });
  }

  return {
    /** False while the backend does not take events, and after a loss until a later queue was sent completely. */
    get isWell(): boolean {
      return trouble === undefined && !hasLost;
    },
    get waiting(): number {
      return lanes.size;
    },
    /** Events lost since this process started. */
    get dropped(): number {
      return dropped;
    },
    get detail(): string {
      const counts = `${lanes.size} waiting, ${dropped} dropped`;
      return trouble === undefined ? counts : `${counts}; the backend: ${trouble}`;
    },
    offer(event: BotEvent): void {
      if (lanes.add(event) === 1) drop('the queue is full', event);
      pump();
    },
    /** Sends what waits for at most `flushEventsMs`, then stops. */
    async stop(): Promise<void> {
      const deadline = setTimeout(() => stopped.abort(), timings.flushEventsMs);
      while (lanes.size > 0 && !stopped.signal.aborted) {
        pump();
        await (pause ?? Promise.race(sending));
      }
      clearTimeout(deadline);
      stopped.abort();
      await Promise.allSettled(sending);
      if (lanes.size > 0) log.error('events are lost with this process', { count: lanes.size });
    },
  };
}

const isKnownKey = ({ status, details }: ClientError): boolean =>
  status === 422 &&
  Array.isArray(details) &&
  details.some((each) => isRecord(each) && each.path === '/header/Idempotency-Key');
