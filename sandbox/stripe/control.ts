import { type Context, Hono } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Change } from './changes.ts';
import { actions } from './control-actions.ts';
import type { Delivery } from './delivery.ts';
import { resourceMissing, StripeRejection } from './errors.ts';
import type { RecordedEvent } from './ledger.ts';
import type { Param, Params } from './params.ts';
import type { SandboxStripe } from './sandbox-stripe.ts';

/** JSON as parameters: numbers and booleans become the strings a form would carry. */
function asParam(value: unknown): Param {
  if (Array.isArray(value)) return value.map(asParam);
  if (typeof value !== 'object' || value === null) return String(value);
  const given = Object.entries(value).filter(([, entry]) => entry !== null && entry !== undefined);
  return Object.fromEntries(given.map(([name, entry]) => [name, asParam(entry)]));
}

async function body(c: Context): Promise<Params> {
  const text = await c.req.text();
  const params = asParam(text === '' ? {} : JSON.parse(text));
  if (typeof params === 'string' || Array.isArray(params)) throw new SyntaxError('expected a JSON object');
  return params;
}

const shown = (change: Change): object => {
  if (change.kind === 'delivery') return { kind: change.kind, ...delivered(change.delivery) };
  if (change.kind === 'event') return { kind: change.kind, ...recorded(change.event) };
  return change;
};

/** `/_sandbox/stripe/…`: everything the sandbox can do and show, as JSON. `?book=live|other|test` picks the ledger. */
export function control(sandbox: SandboxStripe): Hono {
  const app = new Hono().basePath('/_sandbox/stripe');
  const ledger = (c: Context) => sandbox.books.named(c.req.query('book') ?? 'test').ledger;

  app.onError((error, c) => {
    if (error instanceof StripeRejection) return c.json({ error: error.message }, 400);
    if (error instanceof SyntaxError) return c.json({ error: 'The body must be a JSON object.' }, 400);
    throw error;
  });

  app.get('/', (c) =>
    c.json({
      url: sandbox.url,
      apiKey: sandbox.apiKey,
      liveApiKey: sandbox.liveApiKey,
      otherApiKey: sandbox.otherApiKey,
      webhookSecret: sandbox.webhookSecret,
      webhooks: sandbox.deliveries.endpoints,
      nowMs: sandbox.nowMs(),
      faults: sandbox.faults.active,
      held: sandbox.deliveries.records.filter(({ state }) => state === 'held').length,
      actions: Object.keys(actions),
    }),
  );
  app.get('/customers', (c) => c.json(ledger(c).customers.newest()));
  app.get('/subscriptions', (c) => c.json(ledger(c).subscriptions.newest()));
  app.get('/invoices', (c) => c.json(ledger(c).invoices.newest()));
  app.get('/prices', (c) => c.json(ledger(c).prices.newest()));
  app.get('/checkout-sessions', (c) => c.json(ledger(c).checkoutSessions.newest()));
  app.get('/requests', (c) => c.json(sandbox.requests));
  app.get('/recorded-events', (c) => c.json(ledger(c).events.newest().map(recorded)));
  app.get('/recorded-events/:id', (c) => {
    const event = ledger(c).events.get(c.req.param('id'));
    if (!event) throw resourceMissing('event', c.req.param('id'), 'id');
    return c.json(JSON.parse(event.payload));
  });
  app.get('/deliveries', (c) => c.json(sandbox.deliveries.records.map(delivered)));

  app.get('/events', (c) =>
    streamSSE(c, async (stream) => {
      await stream.writeSSE({ event: 'ready', data: '{}' });
      await new Promise<void>((resolve) => {
        const off = sandbox.onChange((change) => {
          void stream.writeSSE({ event: change.kind, data: JSON.stringify(shown(change)) });
        });
        stream.onAbort(() => {
          off();
          resolve();
        });
      });
    }),
  );

  app.post('/:action', async (c) => {
    const action = actions[c.req.param('action')];
    if (!action) return c.json({ error: `Unknown action; there are: ${Object.keys(actions).join(', ')}` }, 404);
    const book = c.req.query('book');
    const scenarios = book === 'live' ? sandbox.live : book === 'other' ? sandbox.other : sandbox;
    const params = await body(c);
    return c.json((await action({ sandbox, scenarios, params })) ?? { ok: true });
  });
  return app;
}

export const recorded = ({ id, type, created, livemode }: RecordedEvent) => ({ id, type, created, livemode });

/** A delivery with its attempts, the last answer first at hand. */
export const delivered = ({ id, event, endpoint, state, attempts }: Delivery) => ({
  id,
  event: recorded(event),
  url: endpoint.url,
  state,
  lastStatus: attempts.at(-1)?.status ?? null,
  attempts,
});
