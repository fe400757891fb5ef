import { GatewayDispatchEvents, GatewayIntentBits, GatewayOpcodes } from 'discord-api-types/v10';
import { isRecord } from '../json.ts';
import { memberObject } from '../world/guild-objects.ts';
import type { Member } from '../world/records.ts';
import type { Gateway } from './gateway.ts';
import type { Session } from './session.ts';

const CHUNK = 1000;
const MAX_IDS = 100;
const lastRequests = new WeakMap<Gateway, number>();

/** Discord docs: Gateway Events, Request Guild Members and Guild Members Chunk. */
export function requestMembers(gateway: Gateway, session: Session, d: unknown): void {
  const { guild } = gateway.world;
  if (!isRecord(d) || d.guild_id !== guild.id || !guild.botPresent) return;
  const nonce = typeof d.nonce === 'string' ? d.nonce : undefined;
  const ids: unknown[] = Array.isArray(d.user_ids) ? d.user_ids : d.user_ids ? [d.user_ids] : [];
  const prefix = typeof d.query === 'string' ? d.query.toLowerCase() : '';
  const limit = typeof d.limit === 'number' ? d.limit : 0;
  const all = ids.length === 0 && prefix === '' && limit === 0;
  // The whole list needs the privileged intent; without it Discord stays silent and the client times out.
  if (all && !(session.intents & GatewayIntentBits.GuildMembers)) return;
  const retryAfterSeconds = all ? secondsUntilNext(gateway) : 0;
  if (retryAfterSeconds > 0) {
    session.dispatch({
      op: GatewayOpcodes.Dispatch,
      t: GatewayDispatchEvents.RateLimited,
      d: {
        opcode: GatewayOpcodes.RequestGuildMembers,
        retry_after: retryAfterSeconds,
        meta: { guild_id: guild.id, ...(nonce ? { nonce } : {}) },
      },
    });
    return;
  }
  const requested = (member: Member) => {
    if (ids.length > 0) return ids.slice(0, MAX_IDS).includes(member.userId);
    const name = member.nick ?? gateway.world.users.get(member.userId)?.username ?? '';
    return name.toLowerCase().startsWith(prefix);
  };
  const found = [...guild.members.values()].filter(requested);
  const members = (limit > 0 ? found.slice(0, limit) : found).map((member) => memberObject(gateway.world, member));
  const count = Math.max(1, Math.ceil(members.length / CHUNK));
  const notFound = ids.filter((id) => typeof id !== 'string' || !guild.members.has(id));
  for (let index = 0; index < count; index += 1) {
    session.dispatch({
      op: GatewayOpcodes.Dispatch,
      t: GatewayDispatchEvents.GuildMembersChunk,
      d: {
        guild_id: guild.id,
        members: members.slice(index * CHUNK, (index + 1) * CHUNK),
        chunk_index: index,
        chunk_count: count,
        ...(notFound.length > 0 && index === 0 ? { not_found: notFound } : {}),
        ...(nonce ? { nonce } : {}),
      },
    });
  }
}

function secondsUntilNext(gateway: Gateway): number {
  const now = gateway.world.clock.now();
  const next = (lastRequests.get(gateway) ?? -Infinity) + gateway.behaviour.requestMembersWindowMs;
  if (now < next) return (next - now) / 1000;
  lastRequests.set(gateway, now);
  return 0;
}
