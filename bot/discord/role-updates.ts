import { BoundedMap } from '@moddy/runtime/bounded-map';
import { RetryLater } from '@moddy/runtime/errors';
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
export type ApplyRoleUpdate = (update: RoleUpdate) => Promise<RoleUpdateResult>;

/** @returns a function that throws {RequestError | RetryLater | DiscordAPIError}. */
export function createRoleUpdates(rest: DiscordRest, guild: Guild, timings: Timings): ApplyRoleUpdate {
  const inTurn = createMemberLock();
  /** In memory: the caller's own row is the lasting guard, this one catches what overtakes on the way. */
  const revisions = new BoundedMap<string, number>({ maxSize: 100_000 });

  async function applyNow({ revision, ...change }: RoleUpdate, signal: AbortSignal): Promise<RoleUpdateResult> {
    if (revision !== undefined) {
      if (revision < (revisions.get(change.discordId) ?? revision)) return { outcome: 'superseded' };
      revisions.set(change.discordId, revision);
    }
    try {
      const changes = await applyChanges({ rest, guild }, { ...change, signal });
      return changes === 'pending' ? { outcome: 'pending' } : { outcome: 'applied', changes };
    } catch (error) {
      const outcome = rejectionOf(error);
      if (outcome === 'guild_unavailable') guild.forget(error);
      if (outcome === 'not_in_guild' || outcome === 'unknown_user' || outcome === 'guild_unavailable')
        return { outcome };
      throw error;
    }
  }

  return (update) =>
    withDiscordDeadline(timings.handlerDeadlineMs, (signal) =>
      inTurn(update.discordId, async () => {
        signal.throwIfAborted();
        return applyNow(update, signal);
      }),
    );
}

/** More waiting changes of one member are a caller that does not wait for answers. */
const MAX_WAITING = 10;

/**
 * One change at a time per member: concurrent ones lose updates at Discord.
 * @returns a function that throws {RetryLater} when too many wait already.
 */
export function createMemberLock() {
  const lanes = new Map<string, { tail: Promise<unknown>; waiting: number }>();
  return async <Result>(discordId: string, work: () => Promise<Result>): Promise<Result> => {
    const lane = lanes.get(discordId) ?? { tail: Promise.resolve(), waiting: 0 };
    if (lane.waiting >= MAX_WAITING) throw new RetryLater('Too many role changes of this member are waiting', 1);
    lanes.set(discordId, lane);
    lane.waiting += 1;
    const done = lane.tail.then(work);
    lane.tail = done.catch(() => undefined);
    try {
      return await done;
    } finally {
      lane.waiting -= 1;
      if (lane.waiting === 0) lanes.delete(discordId);
    }
  };
}
