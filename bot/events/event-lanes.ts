import type { components } from '@moddy/generated/backend-internal/types';

type Schemas = components['schemas'];
export type BotEventType = Schemas['BotEventType'];

/** Something that happened on Discord, as it is reported to the backend. */
export interface BotEvent {
  /** The same for the same happening, however often Discord or we repeat it. */
  readonly idempotencyKey: string;
  readonly body: Schemas['BotEventNotifyRequest'];
}

/** Nothing depends on these, they are shown; a storm of them must not cost a join. */
const INFORMING: ReadonlySet<BotEventType> = new Set(['message_sent', 'command_used', 'role_updated']);

export interface QueuedEvent extends BotEvent {
  attempts: number;
  /** Attempts that ended in a fault of the backend; an outage is none. */
  failures: number;
}

/**
 * Waiting events, each user's in their order, users taken in turn. Bounded: when full, the oldest event that only
 * informs makes room; without one the newcomer is dropped, so that the waiting events keep their order.
 */
export class EventLanes {
  readonly #maxSize: number;
  readonly #lanes = new Map<string, QueuedEvent[]>();
  /** Users whose first event nobody is sending. */
  readonly #free = new Set<string>();
  readonly #informing = new Set<QueuedEvent>();
  #size = 0;

  constructor(maxSize: number) {
    this.#maxSize = maxSize;
  }

  get size(): number {
    return this.#size;
  }

  /** Answers how many events were lost by it: 0 or 1. */
  add(event: BotEvent): 0 | 1 {
    const lost = this.#size < this.#maxSize ? 0 : 1;
    if (lost === 1 && !this.#dropOldestInforming()) return 1;
    const queued = { ...event, attempts: 0, failures: 0 };
    const { discord_id: discordId } = event.body;
    const lane = this.#lanes.get(discordId);
    if (lane !== undefined) lane.push(queued);
    else {
      this.#lanes.set(discordId, [queued]);
      this.#free.add(discordId);
    }
    if (INFORMING.has(event.body.event_type)) this.#informing.add(queued);
    this.#size += 1;
    return lost;
  }

  /** The next event to send; its user's others wait until `done` or `release`. */
  take(): QueuedEvent | undefined {
    const [discordId] = this.#free;
    const event = discordId === undefined ? undefined : this.#lanes.get(discordId)?.[0];
    if (discordId === undefined || event === undefined) return undefined;
    this.#free.delete(discordId);
    this.#informing.delete(event);
    return event;
  }

  /** The event taken is settled. */
  done(event: QueuedEvent): void {
    const { discord_id: discordId } = event.body;
    const lane = this.#lanes.get(discordId);
    lane?.shift();
    this.#size -= 1;
    if (lane === undefined || lane.length === 0) this.#lanes.delete(discordId);
    else this.#free.add(discordId);
  }

  /** The event taken has to be sent again. */
  release(event: QueuedEvent): void {
    if (INFORMING.has(event.body.event_type)) this.#informing.add(event);
    this.#free.add(event.body.discord_id);
  }

  #dropOldestInforming(): boolean {
    const [oldest] = this.#informing;
    if (oldest === undefined) return false;
    this.#informing.delete(oldest);
    const { discord_id: discordId } = oldest.body;
    const rest = (this.#lanes.get(discordId) ?? []).filter((event) => event !== oldest);
    this.#size -= 1;
    if (rest.length > 0) this.#lanes.set(discordId, rest);
    else {
      this.#lanes.delete(discordId);
      this.#free.delete(discordId);
    }
    return true;
  }
}
