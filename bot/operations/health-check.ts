import { backendInternal } from '@moddy/generated/backend-internal/routes';
import { botInternal } from '@moddy/generated/bot-internal/routes';
import type { BotHandler } from '../context.ts';

export const healthCheck: BotHandler<'healthCheck'> = async ({ context, reply }) => {
  const { status, startedAt, checks } = await context.health.examine();
  return reply(200, {
    status,
    service: 'discord-bot',
    version: botInternal.version,
    started_at: startedAt.toISOString(),
    checks,
    contract: {
      'bot-internal': { version: botInternal.version, digest: botInternal.digest },
      'backend-internal': { version: backendInternal.version, digest: backendInternal.digest },
    },
  });
};
