import { Metrics } from '@moddy/runtime/metrics/metrics';
import { count, eq, inArray, isNotNull, lt, min } from 'drizzle-orm';
import type Stripe from 'stripe';
import type { Queryable } from './database/database.ts';
import { customers, deliveries, users } from './database/schema.ts';
import type { Deliverer } from './deliveries/deliverer.ts';

export interface MeasuredParts {
  readonly db: Queryable;
  readonly deliverer: Pick<Deliverer, 'breaker' | 'paused'>;
  readonly stripe: Stripe;
}

/** What the backend shows of itself at `/metrics`. What the database says is looked up at each scrape. */
export function backendMetrics({ db, deliverer, stripe }: MeasuredParts): Metrics {
  const metrics = new Metrics();
  metrics.gauge('moddy_deliveries', 'Deliveries that are not done, by state and kind.', async () => {
    const rows = await db
      .select({ state: deliveries.state, kind: deliveries.kind, value: count() })
      .from(deliveries)
      .where(inArray(deliveries.state, ['pending', 'parked']))
      .groupBy(deliveries.state, deliveries.kind);
    return EVERY_STATE.map((labels) => {
      const found = rows.find(({ state, kind }) => state === labels.state && kind === labels.kind);
      return { labels, value: found?.value ?? 0 };
    });
  });
  metrics.gauge(
    'moddy_deliveries_oldest_pending_seconds',
    'Age of the oldest pending delivery; 0 if none.',
    async () => {
      const [row] = await db
        .select({ oldest: min(deliveries.createdAt) })
        .from(deliveries)
        .where(eq(deliveries.state, 'pending'));
      return row?.oldest ? Math.max(0, (Date.now() - row.oldest.getTime()) / 1_000) : 0;
    },
  );
  metrics.gauge('moddy_roles_unconfirmed', 'Users whose roles the bot has not confirmed yet.', () =>
    db.$count(users, lt(users.confirmedRevision, users.revision)),
  );
  metrics.gauge('moddy_customers_parked', 'Customers that wait for an operator.', () =>
    db.$count(customers, isNotNull(customers.parkedReason)),
  );
  metrics.gauge('moddy_deliveries_paused', '1 for what DELIVERIES_PAUSED holds back.', () => [
    { labels: { kind: 'notify' }, value: deliverer.paused === 'none' ? 0 : 1 },
    { labels: { kind: 'roles' }, value: deliverer.paused === 'all' ? 1 : 0 },
  ]);
  metrics.gauge('moddy_breaker_open', '1 while nothing is sent to the bot, by cause.', () =>
    (['unreachable', 'misconfigured'] as const).map((cause) => ({
      labels: { cause },
      value: deliverer.breaker.opening?.cause === cause ? 1 : 0,
    })),
  );
  countStripe(metrics, stripe);
  return metrics;
}

const EVERY_STATE = ['pending', 'parked'].flatMap((state) => ['notify', 'roles'].map((kind) => ({ state, kind })));

/** The SDK tells of requests, and of responses; the difference never got one. */
function countStripe(metrics: Metrics, stripe: Stripe): void {
  const requests = metrics.counter('moddy_stripe_requests_total', 'Requests sent to Stripe.');
  const responses = metrics.counter('moddy_stripe_responses_total', 'Answers of Stripe by outcome.');
  stripe.on('request', () => requests.add());
  stripe.on('response', ({ status }: Stripe.ResponseEvent) => responses.add({ outcome: outcomeOf(status) }));
}

const outcomeOf = (status: number): string =>
  status < 300 ? 'ok' : status === 429 ? 'throttled' : status < 500 ? 'refused' : 'failed';
