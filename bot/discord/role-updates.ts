import { RetryLater } from '@moddy/runtime/errors';
import { BoundedMap } from '../bounded-map.ts';
import type { Timings } from '../timings.ts';
import { type AppliedChanges, applyChanges, type ChangeRequest } from './apply-changes.ts';
import { rejectionOf } from './faults.ts';
import type { Guild } from './guild.ts';
import { type DiscordRest, withDiscordDeadline } from './rest.ts';

export type RoleUpdateResult =
  | { readonly outcome: 'applied'; readonly changes: AppliedChanges }
  | { readonly outcome: 'superseded' | 'not_in_guild' | 'unknown_user' | 'guild_unavailable' | 'pending' };

export interface RoleUpdate extends Omit<ChangeRequest, 'signal'> {
  readonly revision: number | undefined;
}

/** Role changes of members, one at a time each, an older revision never after a newer one. */
export class RoleUpdates {
  readonly #rest: DiscordRest;
  readonly #guild: Guild;
  readonly #timings: Timings;
  readonly #lock = new MemberLock();
  /** In memory: the caller's own row is the lasting guard, this one catches what overtakes on the way. */
  readonly #revisions = new BoundedMap<string, number>({ maxSize: 100_000 });

  constructor(rest: DiscordRest, guild: Guild, timings: Timings) {
    this.#rest = rest;
    this.#guild = guild;
    this.#timings = timings;
  }

  /** @throws {RequestError | RetryLater | DiscordAPIError} */
  async apply(update: RoleUpdate): Promise<RoleUpdateResult> {
    return withDiscordDeadline(this.#timings.handlerDeadlineMs, (signal) =>
      this.#lock.run(update.discordId, async () => {
        signal.throwIfAborted();
        return this.#applyNow(update, signal);
      }),
    );
  }

  async #applyNow(
    { discordId, changes, auditReason, revision }: RoleUpdate,
    signal: AbortSignal,
  ): Promise<RoleUpdateResult> {
    const last = this.#revisions.get(discordId);
    if (revision !== undefined) {
      if (last !== undefined && revision < last) return { outcome: 'superseded' };
      this.#revisions.set(discordId, revision);
    }
    const deps = { rest: this.#rest, guild: this.#guild, guildMaxAgeMs: this.#timings.guildMaxAgeMs };
    try {
      const applied = await applyChanges(deps, { discordId, changes, auditReason, signal });
      return applied === 'pending' ? { outcome: 'pending' } : { outcome: 'applied', changes: applied };
    } catch (error) {
      const rejection = rejectionOf(error);
      if (rejection === 'guild_unavailable') this.#guild.forget();
      if (rejection === 'not_in_guild' || rejection === 'unknown_user' || rejection === 'guild_unavailable') {
        return { outcome: rejection };
      }
      throw error;
    }
  }
}

/** More waiting changes of one member are a caller that does not wait for answers. */
const MAX_WAITING = 10;

/** One change at a time per member: concurrent ones lose updates at Discord. */
export class MemberLock {
  readonly #lanes = new Map<string, { tail: Promise<unknown>; waiting: number }>();

  /** @throws {RetryLater} when too many wait already. */
  async run<Result>(discordId: string, work: () => Promise<Result>): Promise<Result> {
    const lane = this.#lanes.get(discordId) ?? { tail: Promise.resolve(), waiting: 0 };
    if (lane.waiting >= MAX_WAITING) throw new RetryLater('Too many role changes of this member are waiting', 1);
    this.#lanes.set(discordId, lane);
    lane.waiting += 1;
    const done = lane.tail.then(work);
    lane.tail = done.catch(() => undefined);
    try {
      return await done;
    } finally {
      lane.waiting -= 1;
      if (lane.waiting === 0) this.#lanes.delete(discordId);
    }
  }
}
