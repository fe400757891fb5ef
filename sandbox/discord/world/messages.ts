import {
  AllowedMentionsTypes,
  type APIMessage,
  GatewayDispatchEvents,
  GatewayOpcodes,
  MessageType,
  PermissionFlagsBits,
} from 'discord-api-types/v10';
import type { MessageBody } from '../rest/message-body.ts';
import { memberObject } from './guild-objects.ts';
import { NO_FLAGS } from './no-flags.ts';
import { can } from './permissions.ts';
import type { User } from './records.ts';
import { userObject } from './user-objects.ts';
import type { World } from './world.ts';

// "The past few minutes" (Discord docs: Message, Create Message, enforce_nonce) at its shortest reading.
const NONCE_WINDOW_MS = 3 * 60_000;

/** Builds a message without posting it. */
export function messageObject(world: World, channelId: string, author: User, body: MessageBody): APIMessage {
  const inGuild = world.guild.channels.has(channelId);
  return {
    id: world.nextId(),
    channel_id: channelId,
    author: userObject(author),
    content: body.content,
    timestamp: world.clock.timestamp(),
    edited_timestamp: null,
    tts: false,
    attachments: [],
    embeds: body.embeds,
    components: body.components,
    pinned: false,
    type: body.replyTo ? MessageType.Reply : MessageType.Default,
    flags: NO_FLAGS | body.flags,
    ...mentionsIn(world, author, inGuild, body),
    ...(body.replyTo ? { message_reference: { message_id: body.replyTo, channel_id: channelId } } : {}),
    ...(body.nonce === undefined ? {} : { nonce: body.nonce }),
  };
}

/** Discord docs: Gateway Events, Message Create. */
export function postMessage(world: World, message: APIMessage): void {
  const channelId = message.channel_id;
  world.messages.set(channelId, [...(world.messages.get(channelId) ?? []), message]);
  const channel = world.guild.channels.get(channelId);
  if (channel) channel.last_message_id = message.id;
  const author = channel ? world.guild.members.get(message.author.id) : undefined;
  const { user: _, ...member } = author ? memberObject(world, author) : {};
  world.dispatches.emit({
    op: GatewayOpcodes.Dispatch,
    t: GatewayDispatchEvents.MessageCreate,
    d: { ...message, ...(channel ? { guild_id: world.guild.id } : {}), ...('roles' in member ? { member } : {}) },
  });
  world.changes.emit({ type: 'message', channelId, directUserId: directUserOf(world, channelId), message });
}

/** The message already sent with this nonce, if that is recent enough to count. */
export function sentWithNonce(world: World, authorId: string, nonce: string | number): APIMessage | undefined {
  const since = world.clock.now() - NONCE_WINDOW_MS;
  return [...world.messages.values()]
    .flat()
    .find((m) => m.author.id === authorId && m.nonce === nonce && Date.parse(m.timestamp) >= since);
}

const directUserOf = (world: World, channelId: string): string | null =>
  world.directChannels.get(channelId)?.userId ?? null;

type Mentions = Pick<APIMessage, 'mentions' | 'mention_roles' | 'mention_everyone'>;

/** The notified users: those the text names and `allowed_mentions` admits; without it, all of them (Discord docs: Message, Allowed Mentions Object). */
export function mentionsIn(world: World, author: User, inGuild: boolean, body: MessageBody): Mentions {
  const { content, allowedMentions: allowed } = body;
  const admits = (kind: AllowedMentionsTypes, ids: string[] | undefined, id: string) =>
    !allowed || allowed.parse.includes(kind) || (ids?.includes(id) ?? false);
  const named = (pattern: RegExp) => [...new Set([...content.matchAll(pattern)].flatMap((match) => match[1] ?? []))];
  const users = named(/<@!?(\d+)>/g).filter((id) => admits(AllowedMentionsTypes.User, allowed?.users, id));
  const roles = named(/<@&(\d+)>/g).filter((id) => admits(AllowedMentionsTypes.Role, allowed?.roles, id));
  const everyone = /@(everyone|here)\b/.test(content) && admits(AllowedMentionsTypes.Everyone, undefined, '');
  return {
    mentions: users.flatMap((id) => world.users.get(id) ?? []).map(userObject),
    mention_roles: inGuild ? roles.filter((id) => world.guild.roles.has(id)) : [],
    mention_everyone: inGuild && everyone && can(world.guild, author.id, PermissionFlagsBits.MentionEveryone),
  };
}
