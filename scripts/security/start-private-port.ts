import { botInternal } from '@moddy/generated/bot-internal/routes';
import type { operations } from '@moddy/generated/bot-internal/types';
import type { FailureLimits } from '@moddy/runtime/http/guard';
import type { Handlers, ServiceContext } from '@moddy/runtime/http/implement';
import { type ListenOptions, listen } from '@moddy/runtime/http/listener';
import { privateApp } from '@moddy/runtime/http/private-app';
import { createLogger } from '@moddy/runtime/log';
import { stubHandlers } from '@moddy/runtime/testing/stub-handlers';
import { onTestFinished } from 'vitest';

export const SECRET = 'the-right-secret-of-this-private-port';
export const BEARER = `Authorization: Bearer ${SECRET}`;

/** The private port as both services serve it, with handlers that count what reached them. */
export async function startPrivatePort(
  options: {
    readonly failureLimits?: FailureLimits;
    readonly limits?: ListenOptions['limits'];
    readonly handlers?: Partial<Handlers<operations, ServiceContext>>;
  } = {},
) {
  const logged: string[] = [];
  const log = createLogger('debug', 'test', { write: (line) => void logged.push(line) });
  const reached: unknown[] = [];
  const handlers = stubHandlers<operations, ServiceContext>(botInternal, {
    getService: ({ reply }) => reply(200, { service: 'moddy-bot-internal', status: 'running' }),
    healthCheck: ({ reply }) => reply(200, { status: 'healthy', service: 'discord-bot' }),
    notifyUser: ({ body, reply }) => {
      reached.push(body);
      return reply(200, { success: true, message: 'm', notification_sent: true });
    },
    updateUserRole: ({ body, reply }) => {
      reached.push(body);
      return reply(200, { success: true, message: 'm', roles_updated: true });
    },
    ...options.handlers,
  });
  const documentFile = new URL('../../openapi/bot-internal.yaml', import.meta.url);
  const { failureLimits, limits } = options;
  const app = privateApp({
    contract: botInternal,
    handlers,
    context: { log, production: true },
    documentFile,
    secrets: [SECRET],
    ...(failureLimits && { failureLimits }),
  });
  const listener = await listen(app, { port: 0, host: '127.0.0.1', ...(limits && { limits }) });
  onTestFinished(() => listener.close());
  return { port: listener.port, logged, reached };
}
