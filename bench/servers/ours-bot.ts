import { listen } from '@moddy/runtime/http/listener';
import { privateApp } from '@moddy/runtime/http/private-app';
import { attend } from './attend.ts';
import { bot } from './bot-deps.ts';
import { SECRET } from './secret.ts';

/* The bot's private app, as the bot serves it; with `empty` notify's handler does nothing. */

const { contract, context, documentFile, metrics } = bot;
const handlers = process.argv[2] === 'empty' ? bot.emptyHandlers : bot.handlers;
const app = privateApp({ contract, handlers, context, documentFile, secrets: [SECRET], metrics });
attend((await listen(app, { port: 0, host: '127.0.0.1' })).port);
