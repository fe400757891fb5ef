import { createHash } from 'node:crypto';
import { BoundedMap } from '@moddy/runtime/bounded-map';
import { type APIUser, GatewayDispatchEvents, type GatewayDispatchPayload } from 'discord.js';
import type { BotEvent, BotEventType } from './event-lanes.ts';
import { MemberRoles } from './member-roles.ts';

export interface DispatchOptions {
  readonly guildId: string;
  readonly logMessages: boolean;
}

/** Two processes that overlap see one happening within the same moment; so long is that moment. */
const MOMENT_MS = 10_000;

/**
 * Turns gateway dispatches into events. It reads the raw ones: only they carry the sequence, which tells a replayed
 * dispatch from a new one. The keys are made of what happened, not of the session that saw it, so that two processes
 * that overlap give one happening one key.
 */
export class EventsOfDispatch {
  readonly #options: DispatchOptions;
  readonly #memberRoles = new MemberRoles();
  readonly #repetitions = new BoundedMap<string, number>({ maxSize: 10_000, maxAgeMs: MOMENT_MS });
  #sequence = 0;

  constructor(options: DispatchOptions) {
    this.#options = options;
  }

  /** The event of a dispatch, if it is one the backend wants. */
  read(packet: GatewayDispatchPayload): BotEvent | undefined {
    if (packet.t !== GatewayDispatchEvents.Ready && packet.s <= this.#sequence) return undefined;
    this.#sequence = packet.s;
    const { guildId, logMessages } = this.#options;
    const roles = this.#memberRoles;
    switch (packet.t) {
      case GatewayDispatchEvents.GuildCreate:
        if (packet.d.id === guildId)
          for (const { user, roles: held, pending } of packet.d.members) roles.remember(user.id, held, pending);
        return undefined;
      case GatewayDispatchEvents.GuildMembersChunk:
        if (packet.d.guild_id === guildId)
          for (const { user, roles: held, pending } of packet.d.members) roles.remember(user.id, held, pending);
        return undefined;
      case GatewayDispatchEvents.GuildMemberAdd: {
        const { guild_id, user, roles: held, joined_at: joinedAt, pending } = packet.d;
        if (guild_id !== guildId) return undefined;
        roles.remember(user.id, held, pending);
        return this.#event('member_joined', joinedAt ?? this.#moment('join', user.id), user, {
          timestamp: isoOf(joinedAt),
        });
      }
      case GatewayDispatchEvents.GuildMemberRemove:
        if (packet.d.guild_id !== guildId) return undefined;
        roles.forget(packet.d.user.id);
        return this.#event('member_left', this.#moment('leave', packet.d.user.id), packet.d.user);
      case GatewayDispatchEvents.GuildMemberUpdate: {
        const { guild_id, user, roles: held, joined_at: joinedAt, pending } = packet.d;
        if (guild_id !== guildId) return undefined;
        const change = roles.change(user.id, held);
        // From here on the member can have roles, as after a join.
        if (roles.hasPassedScreening(user.id, pending ?? false)) {
          return this.#event('member_joined', `${joinedAt}:screened`, user);
        }
        const moment = this.#moment(held.toSorted().join(), user.id);
        return change && this.#event('role_updated', moment, user, { ...change });
      }
      case GatewayDispatchEvents.MessageCreate: {
        if (!logMessages || packet.d.guild_id !== guildId) return undefined;
        const { id, channel_id, content, author, timestamp } = packet.d;
        // The length alone, and 0 without the content intent, which this bot never asks for.
        const facts = { message_id: id, channel_id, length: content.length, timestamp: isoOf(timestamp) };
        return this.#event('message_sent', id, author, facts);
      }
      default:
        return undefined;
    }
  }

  /** For what Discord dates in no way: the moment, and how often the same happened in it. */
  #moment(what: string, discordId: string): string {
    const key = createHash('sha256').update(what).digest('hex').slice(0, 12);
    const moment = `${Math.floor(Date.now() / MOMENT_MS)}:${key}`;
    const repetition = (this.#repetitions.get(`${discordId}:${moment}`) ?? 0) + 1;
    this.#repetitions.set(`${discordId}:${moment}`, repetition);
    return `${moment}:${repetition}`;
  }

  #event(type: BotEventType, happening: string, user: APIUser, facts: object = {}): BotEvent | undefined {
    if (user.bot) return undefined;
    const metadata = {
      guild_id: this.#options.guildId,
      timestamp: new Date().toISOString(),
      username: user.username,
      ...facts,
    };
    return {
      idempotencyKey: `${type}:${user.id}:${happening}`,
      body: { event_type: type, discord_id: user.id, metadata },
    };
  }
}

function isoOf(timestamp: string | null): string {
  const time = timestamp === null ? Number.NaN : Date.parse(timestamp);
  return new Date(Number.isFinite(time) ? time : Date.now()).toISOString();
}
