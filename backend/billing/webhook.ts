import { isRecord } from '@moddy/runtime/is-record';
import type { Logger } from '@moddy/runtime/log';
import type { Metrics } from '@moddy/runtime/metrics';
import type { Context, Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import Stripe from 'stripe';
import type { Orm } from '../database/database.ts';
import { isUnavailable, orRetryLater } from '../database/unavailable.ts';
import { type Received, receiveEvent } from './receive-event.ts';

export interface WebhookDeps {
  readonly stripe: Stripe;
  readonly webhookSecret: string;
  readonly db: Orm;
  readonly log: Logger;
  readonly outcomes: WebhookOutcomes;
}

/** Stripe's events stay well below; nobody else has a reason to send more. */
const MAX_EVENT_BYTES = 1024 * 1024;

/** Why an event is not stored. The caller learns the text of `ERRORS`; how far a forgery got stays in the log. */
const REASONS = [
  'no signature',
  'malformed signature',
  'wrong signature',
  'old signature',
  'body too large',
  'body ended early',
  'empty body',
  'not JSON',
  'not an event',
  'thin event',
  'connected account',
  'database unavailable',
] as const;
type Reason = (typeof REASONS)[number];

const INVALID_SIGNATURE = 'Invalid signature';
const ERRORS = {
  'no signature': [400, 'Missing Stripe-Signature header'],
  'malformed signature': [400, INVALID_SIGNATURE],
  'wrong signature': [400, INVALID_SIGNATURE],
  'old signature': [400, INVALID_SIGNATURE],
  'body too large': [413, 'Body too large'],
  'body ended early': [400, 'The body ended early'],
  'empty body': [400, 'The body is empty'],
  'not JSON': [400, 'The body is not JSON'],
  'not an event': [400, 'The body is not an event'],
  // Shown on the endpoint's page at Stripe, to the one who can change it.
  'thin event': [400, 'Thin events are not supported: choose the payload style "snapshot" for this destination'],
} as const satisfies Partial<Record<Reason, readonly [400 | 413, string]>>;

type Refused = { readonly reason: keyof typeof ERRORS; readonly detail?: string };

export type WebhookOutcomes = ReturnType<typeof createWebhookOutcomes>;

/** Counts the outcomes of webhook requests, and keeps those that health reports. */
export function createWebhookOutcomes(metrics: Metrics, now: () => Date = () => new Date()) {
  const nameOf = (outcome: Received | Reason) => outcome.replaceAll(' ', '_');
  const outcomes = metrics.counter(
    'moddy_webhooks_total',
    'Requests to the webhook of Stripe: stored, repeated, ignored, or why not.',
    [...ACCEPTED, ...REASONS].map((outcome) => ({ outcome: nameOf(outcome) })),
  );
  let acceptedAt: Date | undefined;
  let refused: { readonly count: number; readonly reason: string; readonly at: Date } | undefined;
  /** A stranger who has stopped is no longer a reason to worry. */
  const lately = () =>
    refused !== undefined && now().getTime() - refused.at.getTime() <= REFUSED_LATELY_MS ? refused : undefined;
  metrics.gauge(
    'moddy_webhooks_refused_in_a_row',
    'Requests whose signature was refused since the last event that was accepted, if any was in the last hour.',
    () => lately()?.count ?? 0,
  );
  return {
    count: (outcome: Received | Reason): void => {
      outcomes.inc({ outcome: nameOf(outcome) });
      if (BY_SIGNATURE.includes(outcome)) {
        refused = { count: (refused?.count ?? 0) + 1, reason: outcome, at: now() };
      } else if (ACCEPTED.includes(outcome)) {
        acceptedAt = now();
        refused = undefined;
      }
    },
    /** Signed requests that this process rejected since the last one that it accepted, if any was in the last hour. */
    get refused() {
      return lately();
    },
    get acceptedAt() {
      return acceptedAt;
    },
  };
}

const REFUSED_LATELY_MS = 60 * 60 * 1_000;

/** Another secret, or a clock that is off: every event of Stripe is rejected so. */
const BY_SIGNATURE: readonly (Received | Reason)[] = ['wrong signature', 'old signature'];
const ACCEPTED: readonly (Received | Reason)[] = ['stored', 'repeated', 'ignored'];

/**
 * `POST /payments/webhook`: 200 when the event is durable or not ours, 4xx when it is not an event of Stripe, 5xx when we
 * could not store it (Stripe then sends it again for three days).
 */
export function addWebhook(app: Hono, { stripe, webhookSecret, db, log, outcomes: { count } }: WebhookDeps): void {
  const note = (reason: Reason, fields: { readonly detail?: string | undefined; readonly eventId?: string } = {}) => {
    count(reason);
    log.warn('webhook refused', { reason, ...fields });
  };
  const refuse = (c: Context, { reason, detail }: Refused) => {
    note(reason, { detail });
    const [status, error] = ERRORS[reason];
    // The rest of the body is not read: the connection cannot be used again.
    if (status === 413) c.header('connection', 'close');
    return c.json({ error }, status);
  };
  const limit = bodyLimit({ maxSize: MAX_EVENT_BYTES, onError: (c) => refuse(c, { reason: 'body too large' }) });
  app.post('/payments/webhook', limit, async (c) => {
    const signature = c.req.header('stripe-signature');
    if (signature === undefined) return refuse(c, { reason: 'no signature' });
    // Raw bytes: Stripe signs exactly these.
    const bytes = await c.req.arrayBuffer().catch(() => null);
    if (bytes === null) return refuse(c, { reason: 'body ended early' });
    const event = readEvent(stripe, Buffer.from(bytes), signature, webhookSecret);
    if ('reason' in event) return refuse(c, event);
    if (event.account !== undefined) {
      // An event of a connected account, whose customers our key cannot read: accepted, or Stripe would repeat it.
      note('connected account', { eventId: event.id, detail: `an event of ${event.account}` });
      return c.json({ received: true });
    }
    const received = await orRetryLater(receiveEvent(db, event)).catch((error: unknown) => {
      if (isUnavailable(error)) note('database unavailable', { eventId: event.id });
      throw error;
    });
    count(received);
    log.info('webhook accepted', { eventId: event.id, eventType: event.type, outcome: received });
    return c.json({ received: true });
  });
}

/** The event of a signed body, or why it is none. */
function readEvent(stripe: Stripe, bytes: Buffer, signature: string, secret: string): Stripe.Event | Refused {
  if (bytes.length === 0) return { reason: 'empty body' };
  try {
    const event = stripe.webhooks.constructEvent(bytes, signature, secret);
    return isEvent(event) ? event : { reason: 'not an event' };
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return explain(error.message, signature);
    // The signature is right: the SDK's other error means that it does not accept thin events here.
    return { reason: error instanceof SyntaxError ? 'not JSON' : 'thin event' };
  }
}

/** Which of its checks the SDK did not pass; its texts are the only difference. */
function explain(message: string, signature: string): Refused {
  if (message.startsWith('Timestamp outside')) {
    const age = Math.round(Date.now() / 1000 - Number(/\bt=(\d+)/.exec(signature)?.[1]));
    return { reason: 'old signature', detail: `signed ${age} s ago: a replay, or the clock of this machine is ahead` };
  }
  if (message.startsWith('No signatures found matching')) {
    const detail = 'STRIPE_WEBHOOK_SECRET is not the one of this endpoint, or the body was changed on its way';
    return { reason: 'wrong signature', detail };
  }
  return { reason: 'malformed signature' };
}

const isEvent = (body: unknown): boolean =>
  isRecord(body) && body.object === 'event' && isRecord(body.data) && isRecord(body.data.object);
