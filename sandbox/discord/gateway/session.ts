import { randomBytes } from 'node:crypto';
import { GatewayDispatchEvents, GatewayOpcodes } from 'discord-api-types/v10';
import type { World } from '../world/world.ts';
import type { Dispatch, Outgoing } from './dispatch.ts';
import { visibleTo } from './intents.ts';

// Discord documents neither how long a session can be resumed nor how much it keeps; these are of the observed order.
const RESUMABLE_MS = 180_000;
const KEPT_EVENTS = 10_000;

export interface Link {
  send(payload: Outgoing): void;
  sendText(text: string): void;
  close(code: number, reason: string): void;
  terminate(): void;
}

/** One IDENTIFY's life: its numbering, the events it may have missed, and the connection that carries it now. */
export class Session {
  readonly id = randomBytes(16).toString('hex');
  readonly intents: number;
  link: Link | undefined;
  seq = 0;
  #forgotten = 0;
  /** As text: what was sent must not change with the objects it was made of. */
  #kept: { seq: number; text: string }[] = [];
  #expiry: (() => void) | undefined;
  readonly #world: World;

  constructor(world: World, intents: number, link: Link) {
    this.#world = world;
    this.intents = intents;
    this.link = link;
  }

  dispatch(event: Dispatch): void {
    const visible = visibleTo(this.#world, this.intents, event);
    if (!visible) return;
    this.seq += 1;
    const text = JSON.stringify({ ...visible, s: this.seq });
    this.#kept.push({ seq: this.seq, text });
    if (this.#kept.length > KEPT_EVENTS) this.#forgotten = this.#kept.shift()?.seq ?? this.#forgotten;
    this.link?.sendText(text);
  }

  /** The connection is gone; events are kept until the session can no longer be resumed. */
  detach(expire: () => void): void {
    this.link = undefined;
    this.#expiry?.();
    this.#expiry = this.#world.clock.after(RESUMABLE_MS, expire);
  }

  canReplayFrom(seq: number): boolean {
    return seq <= this.seq && seq >= this.#forgotten;
  }

  /** Missed events in order, then RESUMED (Discord docs: Gateway, Resuming). */
  resume(link: Link, seq: number): void {
    this.#expiry?.();
    this.link = link;
    this.#forgotten = seq;
    this.#kept = this.#kept.filter((each) => each.seq > seq);
    for (const { text } of this.#kept) link.sendText(text);
    this.seq += 1;
    link.send({ op: GatewayOpcodes.Dispatch, t: GatewayDispatchEvents.Resumed, s: this.seq, d: { _trace: [] } });
  }

  end(): void {
    this.#expiry?.();
    this.link = undefined;
  }

  invalidate(resumable: boolean): void {
    this.link?.send({ op: GatewayOpcodes.InvalidSession, d: resumable });
  }
}
