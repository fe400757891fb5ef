import { backendInternal } from '@moddy/generated/backend-internal/routes';
import { ConfigError } from '@moddy/runtime/config';
import { withDeadline } from '@moddy/runtime/deadline';
import { ANNOUNCED_IDLE_MS, listen } from '@moddy/runtime/http/listener';
import { privateApp } from '@moddy/runtime/http/private-app';
import { publicApp } from '@moddy/runtime/http/public-app';
import type { Logger } from '@moddy/runtime/log';
import { createService, type Service } from '@moddy/runtime/service';
import { buildBackend } from './build-backend.ts';
import type { BackendConfig } from './config.ts';
import type { Database } from './database/database.ts';
import { openDatabase } from './database/open.ts';
import { untilAvailable } from './database/unavailable.ts';
import { handlers } from './operations/handlers.ts';
import type { Announcer } from './operator/announcer.ts';
import { databaseFault } from './operator/cures.ts';
import type { Deliverer } from './outbox/deliverer.ts';
import type { Schedule } from './queue/schedule.ts';

const documentFile = new URL('../openapi/backend-internal.yaml', import.meta.url);

/** Long enough that every connection still in use is told to close first; the next deployment serves meanwhile. */
const LAME_DUCK_MS = ANNOUNCED_IDLE_MS + 1_000;

/** Work that the database does not let end; its leases run out, and another replica takes it over. */
const FINISH_MS = 6_000;

export interface Backend extends Service {
  readonly port: number;
  readonly internalPort: number;
  readonly database: Database;
  readonly deliverer: Deliverer;
  readonly schedule: Schedule;
  readonly announcer: Announcer | undefined;
  /** Resolves when the database is migrated and work is taken up, or at a stop before that; rejects when no waiting helps. */
  readonly started: Promise<void>;
}

export interface StartOptions {
  readonly now?: () => Date;
  readonly lameDuckMs?: number;
}

/** Starts everything; resolves when requests are answered. It waits for a database that is unavailable. */
export async function startBackend(
  config: BackendConfig,
  log: Logger,
  { now = () => new Date(), lameDuckMs = LAME_DUCK_MS }: StartOptions = {},
): Promise<Backend> {
  const database = openDatabase(config.database);
  const { context, metrics, deliverer, schedule, announcer, workers, addPublic } = buildBackend(
    config,
    database,
    log,
    now,
  );
  const { secret, previousSecret } = config;
  const secrets = previousSecret === undefined ? [secret] : [secret, previousSecret];
  let migrated = false;
  const outside = publicApp(() => migrated && service.ready, log);
  addPublic(outside);

  const [publicListener, privateListener] = await Promise.all([
    listen(outside, { port: config.port, variable: 'PORT', host: config.host }),
    listen(privateApp({ contract: backendInternal, handlers, context, documentFile, secrets, metrics }), {
      port: config.internalPort,
      variable: 'INTERNAL_PORT',
      host: config.host,
    }),
  ]);
  const stopping = new AbortController();
  const variable = config.database.directUrl === undefined ? 'DATABASE_URL' : 'DATABASE_DIRECT_URL';
  const faultOf = (error: unknown): string | undefined => {
    const fault = databaseFault(error, variable);
    return fault && `${variable}: the database is ${fault.detail}; ${fault.cure}`;
  };
  const started = (async () => {
    const onWait = (error: unknown) => log.warn('waiting for the database', { error, detail: faultOf(error) });
    const waiting = { onWait, signal: stopping.signal };
    const applied = await untilAvailable(() => database.migrate(), waiting);
    if (applied.length > 0) log.info('database migrated', { count: applied.length, detail: applied.join(', ') });
    migrated = true;
    for (const worker of workers) await untilAvailable(() => worker.start(), waiting);
    log.info('ready');
  })().catch((error: unknown) => {
    if (stopping.signal.aborted) return;
    const fault = faultOf(error);
    throw fault === undefined ? error : new ConfigError([fault]);
  });
  const service = createService({
    log,
    listeners: [publicListener, privateListener],
    ...(lameDuckMs === undefined ? {} : { lameDuckMs }),
    finish: async () => {
      stopping.abort();
      const idle = async () => {
        await started.catch(() => {}); // Rejects to the caller of `startBackend`.
        await Promise.all([...workers.map((worker) => worker.stop()), context.events.idle()]);
      };
      await withDeadline(FINISH_MS, idle).catch((error: unknown) =>
        log.warn('work was cut off by the stop', { error }),
      );
      await database.close();
    },
  });
  log.info('listening', { port: publicListener.port, address: `private ${privateListener.port}` });
  return Object.assign(service, {
    port: publicListener.port,
    internalPort: privateListener.port,
    database,
    deliverer,
    schedule,
    announcer,
    started,
  });
}
