import { backendInternal } from '@moddy/generated/backend-internal/routes';
import { botInternal } from '@moddy/generated/bot-internal/routes';
import type { BackendHandler } from '../context.ts';
import { checkHealth } from '../health/check-health.ts';

export const healthCheck: BackendHandler<'healthCheck'> = async ({ context, reply }) => {
  const checks = await checkHealth(context);
  return reply(200, {
    status: checks.every(({ status }) => status === 'healthy') ? 'healthy' : 'unhealthy',
    service: 'website-backend',
    version: backendInternal.version,
    started_at: context.startedAt.toISOString(),
    checks,
    contract: { 'bot-internal': versionOf(botInternal), 'backend-internal': versionOf(backendInternal) },
  });
};

const versionOf = ({ version, digest }: { version: string; digest: string }) => ({ version, digest });
