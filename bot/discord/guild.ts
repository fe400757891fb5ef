import { type APIRole, PermissionFlagsBits } from 'discord.js';
import type { Timings } from '../timings.ts';
import { rejectionOf } from './faults.ts';
import type { DiscordRest } from './rest.ts';

export type Role = Pick<APIRole, 'id' | 'name' | 'position' | 'permissions' | 'managed'>;

/** The guild's roles and what the bot may do with them, as read at one moment. */
export interface GuildReading {
  readonly readAt: number;
  readonly roles: ReadonlyMap<string, Role>;
  readonly mayManageRoles: boolean;
  /** A bot that a moderator timed out may do nothing; its permissions do not count (Discord docs, "Permissions for Timed Out Members"). */
  readonly isTimedOut: boolean;
  /** Discord asks for it when a member is added with their consent. */
  readonly mayInvite: boolean;
  /** The bot's highest role: it reaches only those below. */
  readonly top: Role | undefined;
}

export type Guild = ReturnType<typeof createGuild>;

/**
 * Reads the one guild over REST, never from the gateway's cache, and remembers the reading for a while. It remembers a
 * rejection as well: 10,000 in 10 minutes ban the address, and all roles may be sent while the bot is not in the guild.
 */
export function createGuild(
  rest: DiscordRest,
  id: string,
  { readingDeadlineMs, guildMaxAgeMs }: Pick<Timings, 'readingDeadlineMs' | 'guildMaxAgeMs'>,
) {
  let last: GuildReading | undefined;
  let rejection: { readonly at: number; readonly error: unknown } | undefined;
  let pending: Promise<GuildReading> | undefined;

  async function fetchReading(): Promise<GuildReading> {
    // All callers share it, so it has an end of its own.
    const signal = AbortSignal.timeout(readingDeadlineMs);
    const [roles, own] = await Promise.all([
      rest.call((api) => api.guilds.getRoles(id, { signal })),
      rest.identity().then(({ botId }) => rest.call((api) => api.guilds.getMember(id, botId, { signal }))),
    ]);
    // Every member has @everyone, whose id is the guild's, without it being listed.
    const held = roles.filter((role) => role.id === id || own.roles.includes(role.id));
    last = {
      readAt: Date.now(),
      roles: new Map(roles.map((role) => [role.id, role])),
      mayManageRoles: held.some(grants(PermissionFlagsBits.ManageRoles)),
      isTimedOut: Date.parse(own.communication_disabled_until ?? '') > Date.now() && !held.some(grants(0n)),
      mayInvite: held.some(grants(PermissionFlagsBits.CreateInstantInvite)),
      top: held.toSorted(byHeight)[0],
    };
    return last;
  }

  return {
    id,
    /** @throws {RetryLater | DiscordAPIError} */
    async read(maxAgeMs = guildMaxAgeMs): Promise<GuildReading> {
      if (last !== undefined && Date.now() - last.readAt < maxAgeMs) return last;
      if (rejection !== undefined && Date.now() - rejection.at < guildMaxAgeMs) throw rejection.error;
      pending ??= fetchReading()
        .catch((error: unknown) => {
          if (rejectionOf(error) !== undefined) rejection = { at: Date.now(), error };
          throw error;
        })
        .finally(() => {
          pending = undefined;
        });
      return pending;
    },
    /**
     * The next reading is a fresh one: something has just contradicted this one.
     * @param error what Discord answered, if it did; a rejection that is remembered does not contradict itself.
     */
    forget(error?: unknown): void {
      last = undefined;
      if (rejection?.error !== error) rejection = undefined;
    },
  };
}

/** Also by being an administrator. */
const grants = (permission: bigint) => (role: Role) =>
  (BigInt(role.permissions) & (PermissionFlagsBits.Administrator | permission)) !== 0n;

/** Highest first; of two at the same position the older one is higher (Discord docs, "Permission Hierarchy"). */
export function byHeight(a: Role, b: Role): number {
  return b.position - a.position || (BigInt(a.id) < BigInt(b.id) ? -1 : 1);
}
