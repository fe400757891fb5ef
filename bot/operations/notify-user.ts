import type { BotHandler } from '../context.ts';
import { deliveryMarks } from '../discord/delivery-marks.ts';
import { withDiscordDeadline } from '../discord/rest.ts';
import { couldExist } from '../discord/snowflake.ts';
import { composeNotification } from '../messages/compose.ts';
import { localeOf } from '../messages/messages.ts';

const REJECTED = {
  dm_closed: 'The user does not accept direct messages',
  no_mutual_guild: 'The user shares no server with the bot',
  unknown_user: 'There is no such Discord user',
} as const;

export const notifyUser: BotHandler<'notifyUser'> = async ({ body, parameters, context, requestId, reply }) => {
  const { config, directMessages, notifications, seenLocales, timings, log } = context;
  const { discord_id: discordId, action, plan, metadata } = body;
  const idempotencyKey = parameters.header?.['Idempotency-Key'];
  const attempt = parameters.header?.['X-Delivery-Attempt'] ?? 1;

  // The language is no part of the request's identity: the first message that was sent stays.
  const { locale: _, ...request } = body;
  const verdict = await notifications.once(idempotencyKey, request, async (triedBefore) => {
    if (!couldExist(discordId)) return { answer: 'unknown_user', completed: false };
    const marks = deliveryMarks(idempotencyKey);
    const locale = localeOf(body.locale) ?? seenLocales.of(discordId) ?? config.defaultLocale;
    const content = composeNotification({ ...metadata, action, plan }, locale, marks, config.websiteUrl);
    // Without a key the reference is a new one, which no earlier message can have.
    const checkFirst = idempotencyKey !== undefined && (attempt > 1 || triedBefore);
    const message = { discordId, content, reference: marks.reference, checkFirst };
    const answer = await withDiscordDeadline(timings.handlerDeadlineMs, (signal) =>
      directMessages.send(message, signal),
    );
    return { answer, completed: answer === 'sent' };
  });

  log.info('notification answered', { requestId, discordId, action, attempt, outcome: verdict });
  if (verdict === 'sent') {
    return reply(200, { success: true, message: 'User notified successfully', notification_sent: true });
  }
  return reply(200, { success: false, message: REJECTED[verdict], notification_sent: false, reason: verdict });
};
