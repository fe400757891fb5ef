import type { Logger } from '@moddy/runtime/log';
import type { Hono } from 'hono';
import type Stripe from 'stripe';
import type { Orm } from '../database/database.ts';
import { orRetryLater } from '../database/unavailable.ts';
import { receiveEvent } from './receive-event.ts';

export interface WebhookDeps {
  readonly stripe: Stripe;
  readonly webhookSecret: string;
  readonly db: Orm;
  readonly log: Logger;
}

/** Stripe's events stay well below; nobody else has a reason to send more. */
const MAX_EVENT_BYTES = 1024 * 1024;

/**
 * `POST /payments/webhook`: 200 when the event is durable, 400 when it is not from Stripe, 5xx when we could not store
 * it (Stripe then sends it again for three days).
 */
export function addWebhook(app: Hono, { stripe, webhookSecret, db, log }: WebhookDeps): void {
  app.post('/payments/webhook', async (c) => {
    const signature = c.req.header('stripe-signature');
    if (signature === undefined) return c.json({ error: 'Missing Stripe-Signature header' }, 400);
    if (!(Number(c.req.header('content-length')) <= MAX_EVENT_BYTES)) return c.json({ error: 'Body too large' }, 413);
    let event: Stripe.Event;
    try {
      // Raw bytes: Stripe signs exactly these.
      event = stripe.webhooks.constructEvent(Buffer.from(await c.req.arrayBuffer()), signature, webhookSecret);
    } catch {
      // The reason would help whoever forges more than Stripe, which logs its own.
      log.warn('webhook refused', { reason: 'bad signature' });
      return c.json({ error: 'Invalid signature' }, 400);
    }
    const received = await orRetryLater(receiveEvent(db, event));
    log.info('webhook', { eventId: event.id, eventType: event.type, outcome: received });
    return c.json({ received: true });
  });
}
