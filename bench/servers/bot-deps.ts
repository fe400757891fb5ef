import { buildBot } from '@moddy/bot/build-bot';
import { readConfig } from '@moddy/bot/config';
import type { BotContext, BotHandler } from '@moddy/bot/context';
import { DirectMessages } from '@moddy/bot/discord/direct-messages';
import { DiscordRest } from '@moddy/bot/discord/rest';
import { Health } from '@moddy/bot/health';
import { handlers } from '@moddy/bot/operations/handlers';
import { TIMINGS } from '@moddy/bot/timings';
import { botInternal } from '@moddy/generated/bot-internal/routes';
import { SECRET } from './secret.ts';
import { log } from './work.ts';

const config = readConfig({
  NODE_ENV: 'production',
  LISTEN_HOST: '127.0.0.1',
  PORT: '0',
  INTERNAL_PORT: '0',
  INTERNAL_API_SECRET: SECRET,
  DISCORD_TOKEN: 'bench',
  DISCORD_API_URL: 'http://127.0.0.1:1',
  DISCORD_GUILD_ID: '1',
  PLAN_ROLES: '{"moddy_max": ["2"]}',
  WEBSITE_URL: 'https://moddy.example',
});

/** Discord as it would be if a call took no time. */
class SilentMessages extends DirectMessages {
  override send() {
    return Promise.resolve('sent' as const);
  }
}

const { context: built, metrics } = buildBot(config, TIMINGS, log);
const reading = { readAt: Date.now(), roles: new Map(), mayManageRoles: true, top: undefined };
const context: BotContext = {
  ...built,
  directMessages: new SilentMessages(new DiscordRest(config, TIMINGS, log), config.guildId, TIMINGS),
  health: new Health({
    startedAt: new Date(),
    rest: { rejectedSince: undefined, pausedUntil: undefined },
    guild: { id: config.guildId, read: async () => reading, forget: () => undefined },
    gateway: { fault: undefined },
    events: { detail: '0 waiting', isWell: true },
    planRoles: config.planRoles,
    guildMaxAgeMs: 0,
    skew: { check: () => undefined },
  }),
};

/** The bot's handlers as they are, but notify answers without doing anything: what is left is the way to it and back. */
const emptyNotify: BotHandler<'notifyUser'> = ({ reply }) =>
  reply(200, { success: true, message: 'User notified successfully', notification_sent: true });

export const bot = {
  contract: botInternal,
  documentFile: new URL('../../openapi/bot-internal.yaml', import.meta.url),
  context,
  metrics,
  handlers,
  emptyHandlers: { ...handlers, notifyUser: emptyNotify },
};
