import type {
  APIMessage,
  RESTPatchAPIWebhookWithTokenMessageResult,
  RESTPostAPIWebhookWithTokenWaitResult,
} from 'discord-api-types/v10';
import { Locale, MessageFlags } from 'discord-api-types/v10';
import type { Interactions } from '../interactions/interactions.ts';
import type { Invocation } from '../interactions/invocation.ts';
import { createReply, edit, respond } from '../interactions/respond.ts';
import { messageObject, postMessage } from '../world/messages.ts';
import type { User } from '../world/records.ts';
import { CHANNEL_ID, CHANNEL_WEBHOOK } from '../world/seed.ts';
import type { World } from '../world/world.ts';
import { invalidWebhookToken, unknownInteraction, unknownMessage, unknownWebhook } from './discord-error.ts';
import type { App } from './env.ts';
import { noContent, readJson, reply } from './env.ts';
import { readMessageBody } from './message-body.ts';

/** How a webhook's messages are signed: it is no account. */
const WEBHOOK_USER: User = {
  id: CHANNEL_WEBHOOK.id,
  username: 'Operator',
  globalName: null,
  locale: Locale.EnglishUS,
  bot: true,
  email: null,
  verified: false,
  dmsOpen: false,
  rejectsWhenOpening: false,
};

/** Discord docs: Receiving and Responding, Endpoints; Webhook, Execute Webhook. */
export function interactionRoutes(app: App, world: World, interactions: Interactions): void {
  app.post('/interactions/:id/:token/callback', async (c) => {
    const invocation = interactions.byToken.get(c.req.param('token'));
    if (invocation?.id !== c.req.param('id')) throw unknownInteraction();
    const type = respond(world, invocation, await readJson(c));
    if (c.req.query('with_response') !== 'true') return noContent();
    const { id, message } = invocation;
    return reply({ interaction: { id, type: 2 }, resource: { type, ...(message ? { message } : {}) } });
  });

  const find = (applicationId: string, token: string): Invocation => {
    if (applicationId !== world.applicationId) throw unknownWebhook();
    const invocation = interactions.byToken.get(token);
    if (!invocation || invocation.expired || invocation.state === 'failed') throw invalidWebhookToken();
    // There is no webhook before the first response has arrived.
    if (invocation.state === 'pending') throw unknownWebhook();
    return invocation;
  };
  const findMessage = (invocation: Invocation, messageId: string): APIMessage => {
    const all = [...(invocation.message ? [invocation.message] : []), ...invocation.followUps];
    const message = messageId === '@original' ? invocation.message : all.find(({ id }) => id === messageId);
    if (!message) throw unknownMessage();
    return message;
  };

  app.post('/webhooks/:applicationId/:token', async (c) => {
    if (c.req.param('applicationId') === CHANNEL_WEBHOOK.id) {
      if (c.req.param('token') !== CHANNEL_WEBHOOK.token) throw invalidWebhookToken();
      const body = readMessageBody(await readJson(c));
      postMessage(world, { ...messageObject(world, CHANNEL_ID, WEBHOOK_USER, body), webhook_id: CHANNEL_WEBHOOK.id });
      return noContent();
    }
    const invocation = find(c.req.param('applicationId'), c.req.param('token'));
    const body = readMessageBody(await readJson(c));
    // Directly after a deferral it edits the waiting message (Create Followup Message).
    if (invocation.state === 'deferred') {
      const message = createReply(world, invocation, body);
      invocation.answer(message);
      return reply<RESTPostAPIWebhookWithTokenWaitResult>(message);
    }
    const ephemeral = (body.flags & MessageFlags.Ephemeral) !== 0;
    const message = createReply(world, { ...channelOf(invocation), ephemeral }, body);
    invocation.followUps.push(message);
    invocation.announce('followed_up');
    return reply<RESTPostAPIWebhookWithTokenWaitResult>(message);
  });

  const path = '/webhooks/:applicationId/:token/messages/:messageId';

  app.get(path, (c) => {
    const invocation = find(c.req.param('applicationId'), c.req.param('token'));
    return reply(findMessage(invocation, c.req.param('messageId')));
  });

  app.patch(path, async (c) => {
    const invocation = find(c.req.param('applicationId'), c.req.param('token'));
    const body = await readJson(c);
    if (invocation.state === 'deferred' && c.req.param('messageId') === '@original') {
      invocation.answer(createReply(world, invocation, readMessageBody(body)));
    } else {
      edit(world, findMessage(invocation, c.req.param('messageId')), body);
      invocation.announce('edited');
    }
    const message = findMessage(invocation, c.req.param('messageId'));
    return reply<RESTPatchAPIWebhookWithTokenMessageResult>(message);
  });

  app.delete(path, (c) => {
    const invocation = find(c.req.param('applicationId'), c.req.param('token'));
    const message = findMessage(invocation, c.req.param('messageId'));
    if (message === invocation.message) invocation.message = undefined;
    else invocation.followUps.splice(invocation.followUps.indexOf(message), 1);
    const inChannel = world.messages.get(message.channel_id) ?? [];
    world.messages.set(
      message.channel_id,
      inChannel.filter(({ id }) => id !== message.id),
    );
    return noContent();
  });
}

const channelOf = ({ channelId }: Invocation) => ({ channelId });
