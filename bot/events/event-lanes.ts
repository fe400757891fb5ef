import type { BotEvent } from './bot-event.ts';

export interface QueuedEvent extends BotEvent {
  attempts: number;
  /** Attempts that ended in a fault of the backend; an outage is none. */
  failures: number;
}

/**
 * Waiting events, each user's in their order, users taken in turn. Bounded: when full, the oldest `message_sent` makes
 * room, for it only counts; without one the newcomer is dropped, so that what waits keeps its order.
 */
export class EventLanes {
  readonly #maxSize: number;
  readonly #lanes = new Map<string, QueuedEvent[]>();
  /** Users whose first event nobody is sending. */
  readonly #free = new Set<string>();
  readonly #messages = new Set<QueuedEvent>();
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
    if (lost === 1 && !this.#dropOldestMessage()) return 1;
    const queued = { ...event, attempts: 0, failures: 0 };
    const { discord_id: discordId } = event.body;
    const lane = this.#lanes.get(discordId);
    if (lane !== undefined) lane.push(queued);
    else {
      this.#lanes.set(discordId, [queued]);
      this.#free.add(discordId);
    }
    if (event.body.event_type === 'message_sent') this.#messages.add(queued);
    this.#size += 1;
    return lost;
  }

  /** The next event to send; its user's others wait until `done` or `release`. */
  take(): QueuedEvent | undefined {
    const [discordId] = this.#free;
    const event = discordId === undefined ? undefined : this.#lanes.get(discordId)?.[0];
    if (discordId === undefined || event === undefined) return undefined;
    this.#free.delete(discordId);
    this.#messages.delete(event);
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
    this.#free.add(event.body.discord_id);
  }

  #dropOldestMessage(): boolean {
    const [message] = this.#messages;
    if (message === undefined) return false;
    this.#messages.delete(message);
    const { discord_id: discordId } = message.body;
    const rest = (this.#lanes.get(discordId) ?? []).filter((event) => event !== message);
    this.#size -= 1;
    if (rest.length > 0) this.#lanes.set(discordId, rest);
    else {
      this.#lanes.delete(discordId);
      this.#free.delete(discordId);
    }
    return true;
  }
}
