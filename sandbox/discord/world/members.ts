import { GatewayDispatchEvents, GatewayOpcodes } from 'discord-api-types/v10';
import { memberObject } from './guild-objects.ts';
import { NO_FLAGS } from './no-flags.ts';
import type { Member } from './records.ts';
import { userObject } from './user-objects.ts';
import type { World } from './world.ts';

/** Discord docs: Gateway Events, Guild Member Add. */
export function join(world: World, userId: string, pending = false): Member {
  const present = world.guild.members.get(userId);
  if (present) return present;
  if (!world.users.has(userId)) throw new Error(`No user ${userId}.`);
  const joinedAt = world.clock.timestamp();
  const member: Member = { userId, roles: [], nick: null, joinedAt, pending, flags: NO_FLAGS };
  world.guild.members.set(userId, member);
  world.dispatches.emit({
    op: GatewayOpcodes.Dispatch,
    t: GatewayDispatchEvents.GuildMemberAdd,
    d: { ...memberObject(world, member), guild_id: world.guild.id },
  });
  world.changes.emit({ type: 'member_joined', userId });
  return member;
}

/** The member has accepted the rules (Discord docs: Guild Member Object, `pending`; Gateway Events, Guild Member Update). */
export function passScreening(world: World, member: Member): void {
  if (!member.pending) return;
  member.pending = false;
  announceMember(world, member);
}

/** Discord docs: Gateway Events, Guild Member Remove. */
export function leave(world: World, userId: string): void {
  const user = world.users.get(userId);
  if (!user || !world.guild.members.delete(userId)) return;
  world.dispatches.emit({
    op: GatewayOpcodes.Dispatch,
    t: GatewayDispatchEvents.GuildMemberRemove,
    d: { guild_id: world.guild.id, user: userObject(user) },
  });
  world.changes.emit({ type: 'member_left', userId });
}

/** Discord docs: Gateway Events, Guild Member Update. */
export function announceMember(world: World, member: Member): void {
  const { banner, avatar, ...rest } = memberObject(world, member);
  world.dispatches.emit({
    op: GatewayOpcodes.Dispatch,
    t: GatewayDispatchEvents.GuildMemberUpdate,
    d: { ...rest, avatar: avatar ?? null, banner: banner ?? null, guild_id: world.guild.id },
  });
}

/** Sets a member's roles as `actorId`. A call that changes nothing leaves neither an event nor an audit log entry. */
export function setRoles(world: World, member: Member, roles: string[], actorId: string, reason: string | null): void {
  const requested = [...new Set(roles)];
  const added = requested.filter((id) => !member.roles.includes(id));
  const removed = member.roles.filter((id) => !requested.includes(id));
  if (added.length + removed.length === 0) return;
  member.roles = requested;
  const entry = {
    id: world.nextId(),
    actorId,
    targetId: member.userId,
    added,
    removed,
    reason,
    at: world.clock.iso(),
  };
  world.guild.auditLog.push(entry);
  announceMember(world, member);
  world.changes.emit({ type: 'roles_changed', userId: member.userId, roles: [...requested], entry });
}
