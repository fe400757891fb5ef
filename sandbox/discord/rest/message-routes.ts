import type {
  APIMessage,
  RESTGetAPIChannelMessageResult,
  RESTGetAPIChannelMessagesResult,
  RESTGetAPIChannelResult,
  RESTPostAPIChannelMessageResult,
} from 'discord-api-types/v10';
import { PermissionFlagsBits } from 'discord-api-types/v10';
import { contentIsOwn, withheld } from '../gateway/intents.ts';
import { directChannelObject } from '../world/channel-objects.ts';
import { messageObject, postMessage, sentWithNonce } from '../world/messages.ts';
import { can } from '../world/permissions.ts';
import { compareSnowflakes } from '../world/snowflake.ts';
import type { World } from '../world/world.ts';
import {
  cannotWrite,
  missingAccess,
  missingPermissions,
  noMutualGuilds,
  unknownChannel,
  unknownMessage,
} from './discord-error.ts';
import type { App } from './env.ts';
import { readJson, reply } from './env.ts';
import { Form, pathId } from './form.ts';
import { readMessageBody } from './message-body.ts';

/** Discord docs: Channel; Message. */
export function messageRoutes(app: App, world: World): void {
  app.get('/channels/:channelId', (c) => {
    const id = reachable(world, c.req.param('channelId'));
    const direct = world.directChannels.get(id);
    const text = world.guild.channels.get(id);
    if (direct) return reply<RESTGetAPIChannelResult>(directChannelObject(world, direct));
    if (text) return reply<RESTGetAPIChannelResult>(text);
    throw unknownChannel();
  });

  app.get('/channels/:channelId/messages', (c) => {
    const id = reachable(world, c.req.param('channelId'));
    const form = new Form();
    const limit = form.integer(c.req.query('limit'), 'limit', 1, 100) ?? 50;
    const before = form.snowflake(c.req.query('before'), 'before');
    const after = form.snowflake(c.req.query('after'), 'after');
    const around = form.snowflake(c.req.query('around'), 'around');
    form.finish();
    // Newest first, with any parameters (Discord docs: Message, Get Channel Messages).
    const all = [...(world.messages.get(id) ?? [])].reverse();
    const older = (than: string) => all.filter((message) => compareSnowflakes(message.id, than) < 0);
    const newer = (than: string) => all.filter((message) => compareSnowflakes(message.id, than) > 0);
    const half = Math.floor(limit / 2);
    const page = around
      ? [...newer(around).slice(-half), ...all.filter((m) => m.id === around), ...older(around).slice(0, half)]
      : after
        ? newer(after).slice(-limit)
        : (before ? older(before) : all).slice(0, limit);
    return reply<RESTGetAPIChannelMessagesResult>(page.map((message) => asSeen(world, message)));
  });

  app.get('/channels/:channelId/messages/:messageId', (c) => {
    const id = reachable(world, c.req.param('channelId'));
    const messageId = pathId(c.req.param('messageId'), 'message_id');
    const message = world.messages.get(id)?.find((each) => each.id === messageId);
    if (!message) throw unknownMessage();
    return reply<RESTGetAPIChannelMessageResult>(asSeen(world, message));
  });

  app.post('/channels/:channelId/messages', async (c) => {
    const id = reachable(world, c.req.param('channelId'));
    const body = readMessageBody(await readJson(c));
    mayWrite(world, id);
    const twin = body.enforceNonce && body.nonce !== undefined && sentWithNonce(world, world.botId, body.nonce);
    if (twin) return reply<RESTPostAPIChannelMessageResult>(twin);
    const message = messageObject(world, id, world.bot, body);
    postMessage(world, message);
    return reply<RESTPostAPIChannelMessageResult>(message);
  });
}

function reachable(world: World, channelId: string): string {
  const id = pathId(channelId, 'channel_id');
  if (world.directChannels.has(id)) return id;
  if (!world.guild.channels.has(id)) throw unknownChannel();
  if (!world.guild.botPresent || !can(world.guild, world.botId, PermissionFlagsBits.ViewChannel)) throw missingAccess();
  return id;
}

/** Discord docs: Opcodes and Status Codes, 50007 and 50278. */
function mayWrite(world: World, channelId: string): void {
  const direct = world.directChannels.get(channelId);
  if (!direct) {
    if (!can(world.guild, world.botId, PermissionFlagsBits.SendMessages)) throw missingPermissions();
    return;
  }
  const recipient = world.users.get(direct.userId);
  if (!recipient || recipient.bot) throw cannotWrite();
  if (!world.guild.botPresent || !world.guild.members.has(recipient.id)) throw noMutualGuilds();
  if (!recipient.dmsOpen) throw cannotWrite();
}

/** The message content intent holds for REST, too (Discord docs: Gateway, Message Content Intent). */
function asSeen(world: World, message: APIMessage): APIMessage {
  const guildId = world.guild.channels.has(message.channel_id) ? { guild_id: world.guild.id } : {};
  const whole = world.privileged.messageContent || contentIsOwn(world, { ...message, ...guildId });
  return whole ? message : { ...message, ...withheld };
}
