import type { BotHandler } from '../context.ts';

export const getService: BotHandler<'getService'> = ({ reply }) =>
  reply(200, { service: 'moddy-bot-internal', status: 'running' });
