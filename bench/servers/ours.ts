import { buildBot } from '@moddy/bot/build-bot';
import { readConfig } from '@moddy/bot/config';
import type { BotHandler } from '@moddy/bot/context';
import { handlers } from '@moddy/bot/operations/handlers';
import { TIMINGS } from '@moddy/bot/timings';
import { botInternal } from '@moddy/generated/bot-internal/routes';
import { listen } from '@moddy/runtime/http/listener';
import { privateApp } from '@moddy/runtime/http/private-app';
import { attend, log, SECRET, VERDICT } from './work.ts';

/* The bot's private app, as the bot serves it. With `whole` notify runs its own handler, on a Discord that takes no time. */

const config = readConfig({
  NODE_ENV: 'production',
  LISTEN_HOST: '127.0.0.1',
  INTERNAL_API_SECRET: SECRET,
  DISCORD_TOKEN: 'bench',
  DISCORD_API_URL: 'http://127.0.0.1:1',
  DISCORD_GUILD_ID: '1',
  PLAN_ROLES: '{"moddy_max": ["2"]}',
  WEBSITE_URL: 'https://moddy.example',
});

const emptyNotify: BotHandler<'notifyUser'> = ({ reply }) => reply(200, VERDICT);

const { context, metrics } = buildBot(config, TIMINGS, log);
const directMessages = { ...context.directMessages, send: () => Promise.resolve('sent' as const) };
const app = privateApp({
  contract: botInternal,
  handlers: process.argv[2] === 'whole' ? handlers : { ...handlers, notifyUser: emptyNotify },
  context: { ...context, directMessages },
  documentFile: new URL('../../openapi/bot-internal.yaml', import.meta.url),
  secrets: [SECRET],
  metrics,
});
attend((await listen(app, { port: 0, host: '127.0.0.1' })).port);
