import { implement } from '@moddy/runtime/http/implement';
import { listen } from '@moddy/runtime/http/listener';
import { privateApp } from '@moddy/runtime/http/private-app';
import { attend } from './attend.ts';
import { bot } from './bot-deps.ts';
import { SECRET } from './secret.ts';
import { log } from './work.ts';

/* The bot's private app, as the bot serves it; with `empty` notify's handler does nothing. */

const api = implement(bot.contract, process.argv[2] === 'empty' ? bot.emptyHandlers : bot.handlers, bot.context);
const app = privateApp({ api, documentFile: bot.documentFile, secrets: [SECRET], log, metrics: bot.metrics });
attend((await listen(app, { port: 0, host: '127.0.0.1' })).port);
