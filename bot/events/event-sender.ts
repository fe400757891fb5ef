import { setTimeout as delay } from 'node:timers/promises';
import type { BackendClient } from '@moddy/generated/backend-internal/client';
import { BackOff } from '@moddy/runtime/back-off';
import { ClientError } from '@moddy/runtime/client/client';
import { isRecord } from '@moddy/runtime/is-record';
import type { Logger } from '@moddy/runtime/log';
import { throttleLog } from '../throttle-log.ts';
import type { Timings } from '../timings.ts';
import type { BotEvent } from './bot-event.ts';
import { EventLanes, type QueuedEvent } from './event-lanes.ts';

const MAX_WAITING = 10_000;
const CONCURRENCY = 8;
/** For faults of the backend: again a few times, then this event is the cause. */
const MAX_FAILURES = 5;

/**
 * Sends Discord's events to the backend, in each user's order, through its outages. The backend's guarantee starts with
 * its 200; events that are lost with this process are made good when the backend resyncs roles.
 */
export class EventSender {
  readonly #backend: Pick<BackendClient, 'notifyEvent'>;
  readonly #timings: Timings;
  readonly #log: Logger;
  readonly #lanes = new EventLanes(MAX_WAITING);
  readonly #backOff: BackOff;
  readonly #mayLog = throttleLog();
  readonly #stopped = new AbortController();
  readonly #sending = new Set<Promise<void>>();
  #pause: Promise<void> | undefined;
  #dropped = 0;
  #hasLost = false;
  #trouble: string | undefined;

  constructor(backend: Pick<BackendClient, 'notifyEvent'>, timings: Timings, log: Logger) {
    this.#backend = backend;
    this.#timings = timings;
    this.#log = log;
    this.#backOff = new BackOff(timings.eventRetryMs, timings.maxEventRetryMs);
  }

  /** False while the backend does not take events, and after a loss until a later queue was sent completely. */
  get isWell(): boolean {
    return this.#trouble === undefined && !this.#hasLost;
  }

  get waiting(): number {
    return this.#lanes.size;
  }

  /** Events lost since this process started. */
  get dropped(): number {
    return this.#dropped;
  }

  get detail(): string {
    const counts = `${this.#lanes.size} waiting, ${this.#dropped} dropped`;
    return this.#trouble === undefined ? counts : `${counts}; the backend: ${this.#trouble}`;
  }

  offer(event: BotEvent): void {
    if (this.#lanes.add(event) === 1) this.#drop('the queue is full', event);
    this.#pump();
  }

  /** Sends what waits for at most `flushEventsMs`, then stops. */
  async stop(): Promise<void> {
    const deadline = setTimeout(() => this.#stopped.abort(), this.#timings.flushEventsMs);
    while (this.#lanes.size > 0 && !this.#stopped.signal.aborted) {
      this.#pump();
      await (this.#pause ?? Promise.race(this.#sending));
    }
    clearTimeout(deadline);
    this.#stopped.abort();
    await Promise.allSettled(this.#sending);
    if (this.#lanes.size > 0) this.#log.error('events are lost with this process', { count: this.#lanes.size });
  }

  #pump(): void {
    while (this.#pause === undefined && this.#sending.size < CONCURRENCY && !this.#stopped.signal.aborted) {
      const event = this.#lanes.take();
      if (event === undefined) return;
      const sending = this.#send(event).finally(() => {
        this.#sending.delete(sending);
        this.#pump();
      });
      this.#sending.add(sending);
    }
  }

  async #send(event: QueuedEvent): Promise<void> {
    event.attempts += 1;
    try {
      await this.#backend.notifyEvent(event.body, {
        // In place: only so does TypeScript see a header that the document lacks.
        parameters: { header: { 'Idempotency-Key': event.idempotencyKey, 'X-Delivery-Attempt': event.attempts } },
        signal: this.#stopped.signal,
      });
      this.#lanes.done(event);
      this.#trouble = undefined;
      this.#backOff.reset();
      if (this.#lanes.size === 0) this.#hasLost = false;
    } catch (error) {
      if (error instanceof ClientError) return this.#afterFailure(event, error);
      this.#log.error('an event could not be sent', { error });
      this.#lanes.done(event);
      this.#drop('a fault of the bot', event);
    }
  }

  #afterFailure(event: QueuedEvent, error: ClientError): void {
    const { event_type: eventType, discord_id: discordId } = event.body;
    const { outcome, status } = error;
    // A newer backend took it in a way that this version does not know; or another process has reported it already, in
    // other words: the key is of the happening.
    if (outcome === 'answered' || isKnownKey(error)) {
      this.#lanes.done(event);
      return;
    }
    if (outcome === 'failed') event.failures += 1;
    if (outcome === 'rejected' || event.failures >= MAX_FAILURES) {
      this.#lanes.done(event);
      this.#drop(`the backend answered ${status ?? 'nothing readable'}`, event);
      return;
    }
    this.#lanes.release(event);
    this.#trouble = outcome;
    // One step of the back-off per round: the others failed of the same cause.
    if (this.#pause !== undefined) return;
    const retryInMs = Math.max(this.#backOff.next(), (error.retryAfterSeconds ?? 0) * 1_000);
    if (this.#mayLog('waiting') && !this.#stopped.signal.aborted) {
      const waiting = this.#lanes.size;
      this.#log.warn('the backend does not take events', { outcome, status, eventType, discordId, waiting, retryInMs });
    }
    this.#pause = this.#waitFor(retryInMs);
  }

  /** All lanes wait: what ails one call of the backend ails the next one too. */
  async #waitFor(retryInMs: number): Promise<void> {
    await delay(retryInMs, undefined, { signal: this.#stopped.signal }).catch(() => undefined);
    this.#pause = undefined;
    this.#pump();
  }

  #drop(reason: string, event: BotEvent): void {
    this.#dropped += 1;
    this.#hasLost = true;
    if (!this.#mayLog('dropped')) return;
    const { event_type: eventType, discord_id: discordId } = event.body;
    this.#log.error('events dropped', { reason, eventType, discordId, count: this.#dropped });
  }
}

const isKnownKey = ({ status, details }: ClientError): boolean =>
  status === 422 &&
  Array.isArray(details) &&
  details.some((each) => isRecord(each) && each.path === '/header/Idempotency-Key');
