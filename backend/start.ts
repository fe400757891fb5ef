import { setTimeout as delay } from 'node:timers/promises';
import { backendInternal } from '@moddy/generated/backend-internal/routes';
import type { operations } from '@moddy/generated/backend-internal/types';
import { createBotClient } from '@moddy/generated/bot-internal/client';
import { botInternal } from '@moddy/generated/bot-internal/routes';
import { implement } from '@moddy/runtime/implement';
import { listen } from '@moddy/runtime/listener';
import type { Logger } from '@moddy/runtime/log';
import { privateApp } from '@moddy/runtime/private-app';
import { publicApp } from '@moddy/runtime/public-app';
import { createService, type Service } from '@moddy/runtime/service';
import { createSkew } from '@moddy/runtime/skew';
import type { BackendConfig } from './config.ts';
import type { BackendContext } from './context.ts';
import type { Database } from './database/database.ts';
import { openDatabase } from './database/open.ts';
import { isUnavailable } from './database/unavailable.ts';
import { createDeliverer, type Deliverer } from './deliveries/deliverer.ts';
import { createGroupCommit } from './events/group-commit.ts';
import { storeEvents } from './events/store-events.ts';
import { createSchedule, type Schedule } from './jobs/schedule.ts';
import { backendMetrics } from './metrics.ts';
import { getService } from './operations/get-service.ts';
import { getUserInfo } from './operations/get-user-info.ts';
import { healthCheck } from './operations/health-check.ts';
import { notifyEvent } from './operations/notify-event.ts';
import { addWebhook } from './payments/webhook.ts';
import { reconcileJob } from './reconciliation/reconcile-job.ts';
import { pruneJob } from './retention/prune-job.ts';
import { createFollower } from './reversals/follower.ts';
import { eraseJob } from './site/erasure/erase-job.ts';
import { createSite } from './site/site.ts';
import { createStripe } from './stripe-client.ts';
import { createPlans } from './subscriptions/plans.ts';
import { createSynchronizer } from './subscriptions/synchronizer.ts';

const documentFile = new URL('../openapi/backend-internal.yaml', import.meta.url);

export interface Backend extends Service {
  readonly port: number;
  readonly internalPort: number;
  readonly database: Database;
  readonly deliverer: Deliverer;
  readonly schedule: Schedule;
  /** Resolves when the database is migrated and work is taken up; rejects when no waiting helps. */
  readonly started: Promise<void>;
}

export interface StartOptions {
  readonly now?: () => Date;
  readonly lameDuckMs?: number;
}

/** Starts everything; resolves when requests are answered. A database that is away is waited for. */
export async function startBackend(
  config: BackendConfig,
  log: Logger,
  { now = () => new Date(), lameDuckMs }: StartOptions = {},
): Promise<Backend> {
  const database = await openDatabase(config.database);
  const db = database.orm;
  const { secret, previousSecret } = config;
  const stripe = createStripe(config.stripe.apiKey, config.stripe.apiUrl);
  const bot = createBotClient({ baseUrl: config.botUrl, secret, previousSecret });
  const rules = { plans: createPlans(config.planPrices), pastDueGraceMs: config.pastDueGraceMs };
  const skew = createSkew([botInternal, backendInternal], log);
  const deliverer = createDeliverer({ database, bot, log, skew, paused: config.deliveriesPaused, now });
  const syncing = { db, stripe, livemode: config.stripe.livemode, rules, now, log };
  const synchronizer = createSynchronizer(database, syncing);
  const follower = createFollower(database, { ...syncing, policy: config.refundPolicy });
  const schedule = createSchedule(db, log, [
    reconcileJob(syncing),
    pruneJob(db, log, config.eventRetentionMs, now),
    eraseJob(db, log, now),
  ]);
  if (rules.plans.isEmpty)
    log.warn('every customer is parked', { variable: 'PLAN_PRICES', detail: 'PLAN_PRICES is empty' });
  const events = createGroupCommit(
    (batch: Parameters<typeof storeEvents>[1]) => storeEvents(db, batch),
    (error) => !isUnavailable(error),
  );
  const context: BackendContext = {
    log,
    production: config.production,
    db,
    events,
    deliverer,
    plans: rules.plans,
    skew,
    startedAt: now(),
  };

  const api = implement<operations, BackendContext>(
    backendInternal,
    { getService, healthCheck, getUserInfo, notifyEvent },
    context,
  );
  const secrets = previousSecret === undefined ? [secret] : [secret, previousSecret];
  const metrics = backendMetrics({ db, deliverer, stripe });
  const internal = privateApp({ api, documentFile, secrets, log, metrics });
  let migrated = false;
  const site = publicApp(() => migrated && service.ready, log);
  addWebhook(site, { stripe, webhookSecret: config.stripe.webhookSecret, db, log });
  site.route('/', createSite({ config, db, stripe, log, now }));

  const [publicListener, privateListener] = await Promise.all([
    listen(site, { port: config.port, host: config.host }),
    listen(internal, { port: config.internalPort, host: config.host }),
  ]);
  const stopping = new AbortController();
  const started = (async () => {
    const waiting = { log, signal: stopping.signal };
    const applied = await untilAvailable(() => database.migrate(), waiting);
    if (applied.length > 0) log.info('database migrated', { count: applied.length, detail: applied.join(', ') });
    migrated = true;
    await untilAvailable(() => deliverer.start(), waiting);
    await untilAvailable(() => synchronizer.start(), waiting);
    await untilAvailable(() => follower.start(), waiting);
    await untilAvailable(() => schedule.start(), waiting);
    log.info('ready');
  })();
  const service = createService({
    log,
    listeners: [publicListener, privateListener],
    ...(lameDuckMs === undefined ? {} : { lameDuckMs }),
    finish: async () => {
      stopping.abort();
      await started.catch(() => {}); // Told to whoever started us.
      await Promise.all([deliverer.stop(), synchronizer.stop(), follower.stop(), schedule.stop(), events.idle()]);
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
    started,
  });
}

/** Does a first step as soon as the database is there. @throws what no waiting mends, and when it is told to stop. */
async function untilAvailable<Result>(
  step: () => Promise<Result>,
  { log, signal }: { readonly log: Logger; readonly signal: AbortSignal },
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    signal.throwIfAborted();
    try {
      return await step();
    } catch (error) {
      if (!isUnavailable(error)) throw error;
      if (attempt === 1) log.warn('waiting for the database', { error });
      await delay(Math.min(5_000, 250 * attempt), undefined, { signal });
    }
  }
}
