import type { components } from '@moddy/generated/bot-internal/types';
import { RequestError } from '@moddy/runtime/errors';
import { FREE_PLAN } from '../config.ts';
import { codeOf, Forbidden, rejectionOf, TWO_FACTOR_REQUIRED } from './faults.ts';
import type { Guild, GuildReading } from './guild.ts';
import type { DiscordRest } from './rest.ts';
import { rejectionOfRole } from './role-rules.ts';

export interface RoleChanges {
  /** The source of the role ids. An unknown id is a mistake of the caller (`lists`) or of the bot's configuration (`plan`). */
  readonly origin: 'lists' | 'plan';
  /** A caller's lists stay as they came, repetitions included: faults are named by their place in them. */
  readonly add: readonly string[];
  readonly remove: readonly string[];
}

/**
 * The role changes of a request: its lists if it has one, else the plan's roles added, every other plan's and the
 * retired ones removed. Undefined for a plan that is not in `PLAN_ROLES`: then nothing may change.
 */
export function roleChangesOf(
  request: components['schemas']['InternalUpdateRoleRequest'],
  planRoles: ReadonlyMap<string, readonly string[]>,
  retiredRoles: readonly string[],
): RoleChanges | undefined {
  const { plan, add_roles: addRoles, remove_roles: removeRoles } = request;
  if (Array.isArray(addRoles) || Array.isArray(removeRoles)) {
    return { origin: 'lists', add: addRoles ?? [], remove: removeRoles ?? [] };
  }
  const add = plan === FREE_PLAN ? [] : planRoles.get(plan);
  if (add === undefined) return undefined;
  const others = [...[...planRoles.values()].flat(), ...retiredRoles].filter((roleId) => !add.includes(roleId));
  return { origin: 'plan', add: unique(add), remove: unique(others) };
}

const unique = (roleIds: readonly string[]): string[] => [...new Set(roleIds)];

export interface FailedChange {
  readonly roleId: string;
  readonly reason: 'role_misconfigured' | 'role_refused' | 'missing_permissions';
  readonly why: string;
}

export interface AppliedChanges {
  readonly added: string[];
  readonly removed: string[];
  readonly failed: FailedChange[];
}

export interface ChangeRequest {
  readonly discordId: string;
  readonly changes: RoleChanges;
  /** For the guild's audit log. */
  readonly auditReason: string;
  readonly signal: AbortSignal;
}

interface ChangeDeps {
  readonly rest: DiscordRest;
  readonly guild: Guild;
}

/**
 * Changes one member's roles as requested: a fresh reading of the member, then single changes one after another.
 * discord.js's list of roles in one PATCH would undo what another bot does at the same time. A member who is still in
 * screening gets nothing: a role would let them bypass it.
 * @throws {RequestError} 422 when the caller named a role that does not exist.
 * @throws {RetryLater | DiscordAPIError}
 */
export async function applyChanges(deps: ChangeDeps, request: ChangeRequest): Promise<AppliedChanges | 'pending'> {
  const { discordId, changes, signal } = request;
  const { rest, guild } = deps;
  let reading = await readGuild(guild, changes);
  if (changes.origin === 'lists') rejectUnknown(changes, reading, guild.id);
  signal.throwIfAborted();
  const member = await rest.call((api) => api.guilds.getMember(guild.id, discordId, { signal }));

  if (member.pending) return 'pending';
  const toAdd = [...new Set(changes.add)].filter((roleId) => !member.roles.includes(roleId));
  // A role may have got administration permissions a moment ago.
  if (toAdd.length > 0) reading = await guild.read(0);

  const applied: AppliedChanges = { added: [], removed: [], failed: [] };
  const change = async (roleId: string, kind: 'add' | 'remove'): Promise<void> => {
    signal.throwIfAborted();
    const failure = await changeRole(deps, reading, request, roleId, kind);
    if (failure !== undefined) applied.failed.push(failure);
    else applied[kind === 'add' ? 'added' : 'removed'].push(roleId);
  };
  for (const roleId of toAdd) await change(roleId, 'add');
  for (const roleId of new Set(changes.remove)) if (member.roles.includes(roleId)) await change(roleId, 'remove');
  return applied;
}

async function changeRole(
  { rest, guild }: ChangeDeps,
  reading: GuildReading,
  { discordId, changes, auditReason, signal }: ChangeRequest,
  roleId: string,
  kind: 'add' | 'remove',
): Promise<FailedChange | undefined> {
  const role = reading.roles.get(roleId);
  const missing = { roleId, reason: 'role_misconfigured', why: `The role ${roleId} does not exist` } as const;
  if (role === undefined) return missing;
  const rejection = rejectionOfRole(role, kind, reading);
  if (rejection !== undefined) return { roleId, ...rejection };
  const options = { reason: auditReason, signal };
  try {
    await rest.call((api) =>
      kind === 'add'
        ? api.guilds.addRoleToMember(guild.id, discordId, roleId, options)
        : api.guilds.removeRoleFromMember(guild.id, discordId, roleId, options),
    );
    return undefined;
  } catch (error) {
    const verdict = error instanceof Forbidden ? 'missing_permissions' : rejectionOf(error);
    if (verdict === 'role_refused')
      return { roleId, reason: verdict, why: 'The member has the most roles Discord allows' };
    if (verdict !== 'unknown_role' && verdict !== 'missing_permissions') throw error;
    guild.forget();
    if (verdict === 'missing_permissions') {
      const why =
        codeOf(error) === TWO_FACTOR_REQUIRED
          ? "The server requires two-factor authentication: the owner of the bot's application must switch it on"
          : `Discord does not let the bot change the role "${role.name}"`;
      return { roleId, reason: verdict, why };
    }
    if (changes.origin === 'lists') throw unknownRoles(changes, new Set([roleId]));
    return missing;
  }
}

/** The remembered reading, unless it lacks a wanted role: that may be a new one. */
async function readGuild(guild: Guild, changes: RoleChanges): Promise<GuildReading> {
  const reading = await guild.read();
  const ids = changes.origin === 'lists' ? [...changes.add, ...changes.remove] : changes.add;
  return ids.every((roleId) => reading.roles.has(roleId)) ? reading : guild.read(0);
}

function rejectUnknown(changes: RoleChanges, reading: GuildReading, guildId: string): void {
  // @everyone is listed as a role with the guild's id, but nobody can be given it.
  const unknown = [...changes.add, ...changes.remove].filter((id) => id === guildId || !reading.roles.has(id));
  if (unknown.length > 0) throw unknownRoles(changes, new Set(unknown));
}

function unknownRoles({ add, remove }: RoleChanges, unknown: ReadonlySet<string>): RequestError {
  const faults = (list: string, roleIds: readonly string[]) =>
    roleIds.flatMap((roleId, index) =>
      unknown.has(roleId) ? [{ path: `/body/${list}/${index}`, message: 'is not a role of the guild' }] : [],
    );
  return new RequestError(422, 'A role does not exist', [
    ...faults('add_roles', add),
    ...faults('remove_roles', remove),
  ]);
}
