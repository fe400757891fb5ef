import { createServer } from 'node:http';
import { getRequestListener } from '@hono/node-server';
import { Hono } from 'hono';
import { closeNow, listen } from '../listen.ts';
import { api } from './api.ts';
import { advanceTo } from './billing/due.ts';
import { Books } from './books.ts';
import { Changes } from './changes.ts';
import { control } from './control.ts';
import { Deliveries } from './deliveries.ts';
import type { Endpoint, Retry } from './delivery.ts';
import { Faults } from './faults.ts';
import { checkoutPages } from './pages/checkout.ts';
import { invoicePages } from './pages/invoice.ts';
import { portalPages } from './pages/portal.ts';
import { RequestLog } from './request-log.ts';
import type { SandboxStripe } from './sandbox-stripe.ts';
import { scenarios } from './scenarios/scenarios.ts';

export interface StripeOptions {
  port?: number;
  host?: string;
  /** The test-mode key; the live-mode key is the same with `_live_`, the other account's ends in `_other`. */
  apiKey?: string;
  webhooks?: Endpoint[];
  retry?: Partial<Retry>;
}

export const defaultApiKey = 'sk_test_sandbox';
export const defaultWebhookSecret = 'whsec_sandbox';
const retry: Retry = { firstMs: 250, maxMs: 5_000, attempts: 20 };

export async function startStripe(options: StripeOptions = {}): Promise<SandboxStripe> {
  const { apiKey = defaultApiKey, host = '127.0.0.1' } = options;
  const changes = new Changes();
  const deliveries = new Deliveries(changes, { ...retry, ...options.retry });
  deliveries.endpoints = options.webhooks ?? [];
  const faults = new Faults();
  const log = new RequestLog(changes);
  const books = new Books(apiKey, (event) => {
    changes.emit({ kind: 'event', event });
    deliveries.submit(event);
  });
  let url = '';
  const origin = () => url;
  const play = (name: string) => scenarios(books.named(name).ledger, origin);

  const app = api({ books, faults, log, origin, endpoints: () => deliveries.endpoints });
  const server = createServer(getRequestListener(app.fetch));
  url = `http://${host}:${await listen(server, options.port, host)}`;

  const sandbox: SandboxStripe = {
    ...play('test'),
    live: play('live'),
    other: play('other'),
    url,
    apiKey,
    liveApiKey: books.named('live').key,
    otherApiKey: books.named('other').key,
    get webhookSecret() {
      return deliveries.endpoints[0]?.secret ?? defaultWebhookSecret;
    },
    books,
    deliveries,
    faults,
    requests: log.entries,
    changes,
    nowMs: () => books.clock.nowMs(),
    advance: (ms) => {
      advanceTo(
        books.all.map(({ ledger }) => ledger),
        books.clock.nowMs() + ms,
      );
      changes.emit({ kind: 'clock', nowMs: books.clock.nowMs() });
    },
    setWebhooks: (endpoints) => {
      deliveries.endpoints = endpoints;
    },
    fail: (fault) => faults.add(fault),
    outage: () => faults.add({ effect: 'reset' }),
    resend: (eventId) => {
      const event = books.all.map(({ ledger }) => ledger.events.get(eventId)).find((entry) => entry !== undefined);
      if (!event) throw new Error(`no event ${eventId}`);
      deliveries.send(event);
    },
    hold: () => deliveries.hold(),
    release: (order) => deliveries.release(order),
    onChange: (listener) => changes.on(listener),
    close: async () => {
      deliveries.close();
      faults.clear();
      await closeNow(server);
    },
  };
  app.route('/', pages(books));
  app.route('/', control(sandbox));
  return sandbox;
}

/** Stripe's hosted pages: Checkout and the customer portal, plain forms without scripts. */
export function pages(books: Books): Hono {
  const app = new Hono();
  const ledgers = () => books.all.map(({ ledger }) => ledger);
  app.route('/c/pay', checkoutPages(ledgers));
  app.route('/p/session', portalPages(ledgers));
  app.route('/i', invoicePages(ledgers));
  return app;
}
