import type { RESTGetAPIGatewayBotResult, RESTGetAPIGatewayResult } from 'discord-api-types/v10';
import type { Gateway } from '../gateway/gateway.ts';
import type { App } from './env.ts';
import { reply } from './env.ts';

/** Discord docs: Gateway, Get Gateway and Get Gateway Bot. */
export function gatewayRoutes(app: App, gateway: Gateway): void {
  app.get('/gateway', () => reply<RESTGetAPIGatewayResult>({ url: gateway.url() }));
  app.get('/gateway/bot', () =>
    reply<RESTGetAPIGatewayBotResult>({
      url: gateway.url(),
      shards: 1,
      session_start_limit: { total: 1000, remaining: 1000, reset_after: 86_400_000, max_concurrency: 1 },
    }),
  );
}
