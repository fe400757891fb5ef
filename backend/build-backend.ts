import { backendInternal } from '@moddy/generated/backend-internal/routes';
import { createBotClient } from '@moddy/generated/bot-internal/client';
import { botInternal } from '@moddy/generated/bot-internal/routes';
import type { Logger } from '@moddy/runtime/log';
import { Metrics } from '@moddy/runtime/metrics';
import { createSkew } from '@moddy/runtime/skew';
import type { Hono } from 'hono';
import { grantsJob } from './billing/grants.ts';
import { createSynchronizer } from './billing/synchronizer.ts';
import { addWebhook, createWebhookOutcomes } from './billing/webhook.ts';
import type { BackendConfig } from './config.ts';
import type { BackendContext } from './context.ts';
import type { Database } from './database/database.ts';
import { isUnavailable } from './database/unavailable.ts';
import { createGroupCommit } from './events/group-commit.ts';
import { pruneJob } from './events/prune.ts';
import { storeEvents } from './events/store-events.ts';
import { checkHealth } from './health/check-health.ts';
import { measureBackend } from './health/metrics.ts';
import { createAnnouncer } from './operator/announcer.ts';
import { createDeliverer } from './outbox/deliverer.ts';
import { resyncJob } from './outbox/resync.ts';
import { createPlans } from './plans.ts';
import { createSchedule } from './queue/schedule.ts';
import { auditJob } from './reconciliation/audit-roles.ts';
import { reconcileJob } from './reconciliation/reconcile.ts';
import { createFollower } from './refunds/follower.ts';
import { eraseJob } from './site/erasure/erase-users.ts';
import { createSite } from './site/site.ts';
import { createStripe } from './stripe-client.ts';

/** Puts the backend's parts together. Nothing runs yet. */
export function buildBackend(config: BackendConfig, database: Database, log: Logger, now: () => Date) {
  const db = database.orm;
  const { secret, previousSecret } = config;
  const stripe = createStripe(config.stripe.apiKey, config.stripe.apiUrl);
  const rules = { plans: createPlans(config.planPrices), pastDueGraceMs: config.pastDueGraceMs };
  if (rules.plans.isEmpty)
    log.warn('every customer is parked', { variable: 'PLAN_PRICES', detail: 'PLAN_PRICES is empty' });
  const metrics = new Metrics();
  const skew = createSkew([botInternal, backendInternal], { log, metrics });
  const bot = createBotClient({ baseUrl: config.botUrl, secret, previousSecret, onUndocumented: skew.undocumented });
  const deliverer = createDeliverer({ database, bot, log, skew, paused: config.deliveriesPaused, now });
  const syncing = { db, stripe, livemode: config.stripe.livemode, rules, now, log };
  const synchronizer = createSynchronizer(database, syncing);
  const follower = createFollower(database, { ...syncing, policy: config.refundPolicy });
  const schedule = createSchedule(db, log, [
    reconcileJob(syncing),
    pruneJob(db, log, config.eventRetentionMs, now),
    eraseJob(syncing),
    resyncJob(db, log, deliverer),
    auditJob({ db, bot, log }),
    grantsJob(syncing),
  ]);
  const events = createGroupCommit(
    (batch: Parameters<typeof storeEvents>[1]) => storeEvents(db, batch),
    (error) => !isUnavailable(error),
  );
  const webhooks = createWebhookOutcomes(metrics);
  const context: BackendContext = {
    log,
    production: config.production,
    database,
    events,
    deliverer,
    plans: rules.plans,
    webhooks,
    skew,
    startedAt: now(),
    livemode: config.stripe.livemode,
    pastDueGraceMs: config.pastDueGraceMs,
    now,
  };
  const { operatorChannel } = config;
  const announcer =
    operatorChannel && createAnnouncer({ db, log, channel: operatorChannel, checkHealth: () => checkHealth(context) });
  measureBackend(metrics, { database, deliverer, stripe });
  return {
    context,
    metrics,
    deliverer,
    schedule,
    announcer,
    /** Everything that takes up work by itself, in the order in which it starts. */
    workers: [deliverer, synchronizer, follower, schedule, ...(announcer ? [announcer] : [])],
    /** Adds the public routes: the Stripe webhook and the site. */
    addPublic: (outside: Hono) => {
      addWebhook(outside, { stripe, webhookSecret: config.stripe.webhookSecret, db, log, outcomes: webhooks });
      outside.route(
        '/',
        createSite({ config, db, stripe, bot, plans: rules.plans, wakeSchedule: schedule.wake, log, now }),
      );
    },
  };
}
