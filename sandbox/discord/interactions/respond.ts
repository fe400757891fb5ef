import type { APIMessage } from 'discord-api-types/v10';
import { InteractionResponseType, MessageFlags, MessageType } from 'discord-api-types/v10';
import { alreadyAcknowledged, unknownInteraction } from '../rest/discord-error.ts';
import { Form } from '../rest/form.ts';
import type { MessageBody } from '../rest/message-body.ts';
import { readMessageBody } from '../rest/message-body.ts';
import { messageObject, postMessage } from '../world/messages.ts';
import type { World } from '../world/world.ts';
import type { Invocation } from './invocation.ts';

/** The first response, by either way (Discord docs: Receiving and Responding, Interaction Response Object). Answers its type. */
export function respond(world: World, invocation: Invocation, value: unknown): InteractionResponseType {
  if (invocation.state === 'failed') throw unknownInteraction();
  if (invocation.state !== 'pending') throw alreadyAcknowledged();
  const form = new Form();
  const body = form.record(value, 'body');
  switch (body.type) {
    case InteractionResponseType.ChannelMessageWithSource: {
      const message = readMessageBody(body.data);
      invocation.ephemeral = (message.flags & MessageFlags.Ephemeral) !== 0;
      invocation.answer(createReply(world, invocation, message));
      return body.type;
    }
    case InteractionResponseType.DeferredChannelMessageWithSource: {
      // A deferral takes the ephemeral flag alone.
      const flags = form.integer(form.record(body.data, 'data').flags, 'data.flags', 0, 2 ** 31 - 1) ?? 0;
      form.finish();
      invocation.defer((flags & MessageFlags.Ephemeral) !== 0);
      return body.type;
    }
    default:
      form.problem('type', 'BASE_TYPE_CHOICES', 'Value must be one of {4, 5}.');
      form.finish();
      throw unknownInteraction();
  }
}

/** A message of this invocation; only what is not ephemeral also stands in the channel. */
export function createReply(
  world: World,
  invocation: Pick<Invocation, 'channelId' | 'ephemeral'>,
  body: MessageBody,
): APIMessage {
  const flags = invocation.ephemeral ? body.flags | MessageFlags.Ephemeral : body.flags & ~MessageFlags.Ephemeral;
  const message: APIMessage = {
    ...messageObject(world, invocation.channelId, world.bot, { ...body, flags }),
    type: MessageType.ChatInputCommand,
    webhook_id: world.applicationId,
    application_id: world.applicationId,
  };
  if (!invocation.ephemeral) postMessage(world, message);
  return message;
}

/** Fields that are absent stay as they were (Discord docs: Webhook, Edit Webhook Message). */
export function edit(world: World, message: APIMessage, value: unknown): void {
  const body = readMessageBody(value, { mayBeEmpty: true });
  const given = new Form().record(value, 'body');
  if ('content' in given) message.content = body.content;
  if ('embeds' in given) message.embeds = body.embeds;
  if ('components' in given) message.components = body.components;
  message.edited_timestamp = world.clock.timestamp();
}
