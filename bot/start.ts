import { botInternal } from '@moddy/generated/bot-internal/routes';
import { listen } from '@moddy/runtime/http/listener';
import { privateApp } from '@moddy/runtime/http/private-app';
import { publicApp } from '@moddy/runtime/http/public-app';
import type { Logger } from '@moddy/runtime/log';
import { createService, type Service } from '@moddy/runtime/service';
import { buildBot } from './build-bot.ts';
import type { BotConfig } from './config.ts';
import { handlers } from './operations/handlers.ts';
import { TIMINGS, type Timings } from './timings.ts';

export interface Bot extends Service {
  readonly ports: { readonly public: number; readonly internal: number };
}

const documentFile = new URL('../openapi/bot-internal.yaml', import.meta.url);

/** Starts the bot: its listeners first, so that it answers while Discord does not. */
export async function startBot(config: BotConfig, log: Logger, timings: Timings = TIMINGS): Promise<Bot> {
  const { context, metrics, addInteractions, begin, leave, finish } = buildBot(config, timings, log);
  const { secret, previousSecret } = config;
  const secrets = previousSecret === undefined ? [secret] : [secret, previousSecret];
  const outside = publicApp(() => service.ready, log);
  addInteractions(outside);
  const listeners = {
    internal: await listen(privateApp({ contract: botInternal, handlers, context, documentFile, secrets, metrics }), {
      port: config.internalPort,
      variable: 'INTERNAL_PORT',
      host: config.host,
    }),
    public: await listen(outside, { port: config.publicPort, variable: 'PORT', host: config.host }),
  };
  const service = createService({
    log,
    listeners: Object.values(listeners),
    leave,
    finish,
    lameDuckMs: timings.lameDuckMs,
  });
  begin();
  const ports = { public: listeners.public.port, internal: listeners.internal.port };
  log.info('started', { port: [ports.public, ports.internal], version: botInternal.version });
  return {
    ports,
    get ready() {
      return service.ready;
    },
    stop: service.stop,
  };
}
