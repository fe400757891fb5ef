import { botInternal } from '@moddy/generated/bot-internal/routes';
import type { operations } from '@moddy/generated/bot-internal/types';
import { onTestFinished } from 'vitest';
import type { FailureLimits } from '../http/guard.ts';
import type { Handlers, ServiceContext } from '../http/implement.ts';
import { listen } from '../http/listener.ts';
import { privateApp } from '../http/private-app.ts';
import { createLogger } from '../log.ts';
import { stubHandlers } from './stub-handlers.ts';

export const SECRET = 'right';
export const documentFile = new URL('../../openapi/bot-internal.yaml', import.meta.url);

/** A private listener whose operations do what a test says; answers what was logged, too. */
export async function startPrivate(
  overrides: Partial<Handlers<operations, ServiceContext>> = {},
  production = false,
  failureLimits?: FailureLimits,
) {
  const lines: Record<string, unknown>[] = [];
  const log = createLogger('info', 'test', { write: (line) => void lines.push(JSON.parse(line)) });
  const handlers = stubHandlers<operations, ServiceContext>(botInternal, {
    getService: ({ reply }) => reply(200, { service: 'moddy-bot-internal', status: 'running' }),
    healthCheck: ({ reply }) => reply(200, { status: 'healthy', service: 'discord-bot' }),
    notifyUser: ({ reply }) => reply(200, { success: true, message: 'm', notification_sent: true }),
    updateUserRole: ({ reply }) => reply(200, { success: true, message: 'm', roles_updated: true }),
    ...overrides,
  });
  const context = { log, production };
  const app = privateApp({
    contract: botInternal,
    handlers,
    context,
    documentFile,
    secrets: [SECRET, 'previous'],
    ...(failureLimits && { failureLimits }),
  });
  const listener = await listen(app, { port: 0, host: '127.0.0.1' });
  onTestFinished(() => listener.close());
  const url = `http://127.0.0.1:${listener.port}`;
  const call = async (method: string, path: string, init: { body?: string; headers?: Record<string, string> } = {}) => {
    const headers = { authorization: `Bearer ${SECRET}`, connection: 'close', ...init.headers };
    const response = await fetch(url + path, {
      method,
      headers,
      ...(init.body === undefined ? {} : { body: init.body }),
    });
    return { status: response.status, headers: response.headers, text: await response.text() };
  };
  const notify = (body: object, headers: Record<string, string> = {}) =>
    call('POST', '/internal/notify', {
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  return { url, port: listener.port, lines, call, notify };
}

export const GOOD = { discord_id: '1', action: 'plan_upgraded' };
