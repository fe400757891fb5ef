import { type APIUser, GatewayDispatchEvents, type GatewayDispatchPayload } from 'discord.js';
import type { BotEvent, BotEventType } from './bot-event.ts';
import type { MemberRoles } from './member-roles.ts';

export interface DispatchOptions {
  readonly guildId: string;
  readonly logMessages: boolean;
}

/**
 * Turns gateway dispatches into events. It reads the raw ones, not discord.js's: only they carry the sequence, and a
 * session's sequence is what makes a replayed dispatch the same event.
 */
export class EventsOfDispatch {
  readonly #options: DispatchOptions;
  readonly #memberRoles: MemberRoles;
  #sessionId = '';

  constructor(options: DispatchOptions, memberRoles: MemberRoles) {
    this.#options = options;
    this.#memberRoles = memberRoles;
  }

  /** The event of a dispatch, if it is one the backend is told of. */
  read(packet: GatewayDispatchPayload): BotEvent | undefined {
    if (packet.t === GatewayDispatchEvents.Ready) {
      this.#sessionId = packet.d.session_id;
      return undefined;
    }
    const { guildId, logMessages } = this.#options;
    const roles = this.#memberRoles;
    switch (packet.t) {
      case GatewayDispatchEvents.GuildCreate:
        if (packet.d.id === guildId)
          for (const { user, roles: held } of packet.d.members) roles.remember(user.id, held);
        return undefined;
      case GatewayDispatchEvents.GuildMembersChunk:
        if (packet.d.guild_id === guildId)
          for (const { user, roles: held } of packet.d.members) roles.remember(user.id, held);
        return undefined;
      case GatewayDispatchEvents.GuildMemberAdd:
        if (packet.d.guild_id !== guildId) return undefined;
        roles.remember(packet.d.user.id, packet.d.roles);
        return this.#event('member_joined', packet.s, packet.d.user, { timestamp: isoOf(packet.d.joined_at) });
      case GatewayDispatchEvents.GuildMemberRemove:
        if (packet.d.guild_id !== guildId) return undefined;
        roles.forget(packet.d.user.id);
        return this.#event('member_left', packet.s, packet.d.user);
      case GatewayDispatchEvents.GuildMemberUpdate: {
        if (packet.d.guild_id !== guildId) return undefined;
        const change = roles.change(packet.d.user.id, packet.d.roles);
        return change && this.#event('role_updated', packet.s, packet.d.user, { ...change });
      }
      case GatewayDispatchEvents.MessageCreate: {
        if (!logMessages || packet.d.guild_id !== guildId) return undefined;
        const { id, channel_id, content, author, timestamp } = packet.d;
        // The length alone, and 0 without the content intent, which this bot never asks for.
        const facts = { message_id: id, channel_id, length: content.length, timestamp: isoOf(timestamp) };
        return this.#event('message_sent', packet.s, author, facts);
      }
      default:
        return undefined;
    }
  }

  #event(type: BotEventType, sequence: number, user: APIUser, facts: object = {}): BotEvent | undefined {
    if (user.bot) return undefined;
    const metadata = {
      guild_id: this.#options.guildId,
      timestamp: new Date().toISOString(),
      username: user.username,
      ...facts,
    };
    return {
      idempotencyKey: `${this.#sessionId}:${sequence}`,
      body: { event_type: type, discord_id: user.id, metadata },
    };
  }
}

function isoOf(timestamp: string | null): string {
  const time = timestamp === null ? Number.NaN : Date.parse(timestamp);
  return new Date(Number.isFinite(time) ? time : Date.now()).toISOString();
}
