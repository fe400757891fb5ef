import type { Delivery } from '../stripe/delivery.ts';
import type { Ledger, RecordedEvent } from '../stripe/ledger.ts';
import type { Wiretap } from '../wiretap.ts';
import { clock, spaced } from './read-backend.ts';
import { discordIdOf } from './read-subscriptions.ts';
import type { DetailView, EventView } from './snapshot.ts';
import type { DatabaseWatch } from './watch-database.ts';

const KEPT = 60;
const WEBHOOKS_READ = 300;

/** The event that names a burst: the most telling one first. */
const BY_WEIGHT = [
  'invoice.payment_failed',
  'customer.subscription.deleted',
  'customer.subscription.created',
  'customer.subscription.updated',
  'invoice.paid',
];
const weight = (type: string): number => BY_WEIGHT.indexOf(type) + 1 || BY_WEIGHT.length + 1;

type NameOf = (discordId: string) => string;

interface Burst {
  readonly key: string;
  readonly who: string;
  readonly created: number;
  readonly of: Delivery[];
}

/** Stripe's webhooks, newest first; those that one cause set off at once are one burst. */
function burstsOf(records: readonly Delivery[], ledger: Ledger, nameOf: NameOf): Burst[] {
  const bursts: Burst[] = [];
  for (const record of records.slice(-WEBHOOKS_READ).toReversed()) {
    const who = ownerOf(record.event, ledger, nameOf);
    const last = bursts.at(-1);
    if (last && last.who === who && Math.abs(last.created - record.event.created) <= 1) last.of.push(record);
    else bursts.push({ key: '', who, created: record.event.created, of: [record] });
  }
  // Named after its oldest webhook: a newer one may still join it.
  return bursts.slice(0, KEPT).map((burst) => ({ ...burst, key: burst.of.at(-1)?.id ?? '' }));
}

export const readWebhooks = (records: readonly Delivery[], ledger: Ledger, nameOf: NameOf): EventView[] =>
  burstsOf(records, ledger, nameOf).flatMap(({ key, who, of }) => {
    const [head] = byWeight(of);
    if (head === undefined) return [];
    const attempts = Math.max(...of.map((each) => each.attempts.length));
    const at = Math.min(...of.map((each) => each.attempts[0]?.at ?? Date.now()));
    return [
      {
        key,
        source: 'stripe',
        type: head.event.type,
        more: of.length - 1,
        who,
        at: new Date(at).toISOString(),
        state: stateOf(of, attempts),
        attempts,
        calls: of.reduce((count, each) => count + each.attempts.length, 0),
      },
    ];
  });

const byWeight = (of: readonly Delivery[]): Delivery[] =>
  of.toSorted((a, b) => weight(a.event.type) - weight(b.event.type));

export function readWebhook(records: readonly Delivery[], ledger: Ledger, key: string): DetailView | undefined {
  const found = burstsOf(records, ledger, String).find((burst) => burst.key === key);
  return (
    found && {
      facts: [],
      parts: byWeight(found.of).map(({ event, endpoint, attempts, state }) => ({
        title: event.type,
        payload: JSON.stringify(JSON.parse(event.payload), null, 2),
        note: attempts.length === 0 ? `Not sent yet: ${state}.` : '',
        calls: attempts.map(({ at, durationMs, status, note }) => ({
          at: new Date(at).toISOString(),
          method: 'POST',
          path: new URL(endpoint.url).pathname,
          requestHeaders: {},
          requestBody: '',
          durationMs,
          status: status ?? null,
          failure: status === undefined ? note : null,
          responseHeaders: {},
          responseBody: status === undefined ? '' : note,
        })),
      })),
    }
  );
}

function stateOf(of: readonly Delivery[], attempts: number): EventView['state'] {
  if (of.some(({ state }) => state === 'failed' || state === 'dropped')) return 'failed';
  if (of.some(({ state }) => state !== 'delivered'))
    return attempts > 0 && of.some(isRetrying) ? 'retrying' : 'sending';
  return 'received';
}

const isRetrying = ({ state, attempts }: Delivery): boolean => state === 'pending' && attempts.length > 0;

/** The payload is frozen, so it is read once. */
const customers = new WeakMap<RecordedEvent, string>();

function ownerOf(event: RecordedEvent, ledger: Ledger, nameOf: NameOf): string {
  const customer = customers.get(event) ?? customerOf(event, ledger);
  customers.set(event, customer);
  const discordId = discordIdOf(ledger, customer);
  return discordId === undefined ? customer : nameOf(discordId);
}

/** Payments of invoices and refunds name what they are for; everything else names the customer. */
function customerOf(event: RecordedEvent, ledger: Ledger): string {
  const { object } = JSON.parse(event.payload).data;
  if (object.object === 'customer') return object.id;
  const about = ledger.invoices.get(object.invoice) ?? ledger.charges.get(object.charge);
  return String(object.customer ?? about?.customer ?? '');
}

interface StoredRow {
  readonly key: string;
  readonly type: string;
  readonly discord_id: string;
  readonly received_at: Date;
}

/** The bot's events, as the backend stored them. */
export async function readDiscordEvents(
  database: DatabaseWatch,
  nameOf: NameOf,
  toBackend: Wiretap | undefined,
): Promise<EventView[]> {
  const rows = await database.select<StoredRow & { readonly idempotency_key: string | null }>(
    `select discord_event_id as key, type, discord_id, received_at, idempotency_key
       from discord_events order by discord_event_id desc limit $1`,
    [KEPT],
  );
  return rows.map((row) => ({
    ...storedEvent(row, nameOf),
    key: `discord-${row.key}`,
    source: 'discord',
    type: spaced(row.type),
    calls: callsOf(row.idempotency_key, toBackend).length,
  }));
}

const callsOf = (key: string | null, toBackend: Wiretap | undefined) =>
  toBackend?.with('idempotency-key', (value) => value === key) ?? [];

export async function readDiscordEvent(
  database: DatabaseWatch,
  eventId: string,
  toBackend: Wiretap | undefined,
): Promise<DetailView | undefined> {
  const [row] = await database.select<{ payload: object; idempotency_key: string | null; received_at: Date }>(
    `select json_build_object('event_type', type, 'discord_id', discord_id, 'metadata', metadata) as payload,
            idempotency_key, received_at
       from discord_events where discord_event_id = $1`,
    [eventId],
  );
  if (row === undefined) return undefined;
  const calls = callsOf(row.idempotency_key, toBackend);
  return {
    facts: [['Received', clock(row.received_at)]],
    parts: [
      {
        title: 'Event',
        payload: JSON.stringify(row.payload, null, 2),
        note: calls.length === 0 ? 'The console did not see the call that reported it.' : '',
        calls,
      },
    ],
  };
}

/** The events of a Stripe that is not local are those that the backend has received. */
export async function readStripeEvents(database: DatabaseWatch, nameOf: NameOf): Promise<EventView[]> {
  const rows = await database.select<StoredRow>(
    `select e.event_id as key, e.type, coalesce(u.discord_id, e.customer_id, '') as discord_id, e.received_at
       from stripe_events e left join customers c using (customer_id) left join users u using (user_id)
      order by e.received_at desc limit $1`,
    [KEPT],
  );
  return rows.map((row) => storedEvent(row, nameOf));
}

const storedEvent = ({ key, type, discord_id, received_at }: StoredRow, nameOf: NameOf): EventView => ({
  key,
  source: 'stripe',
  type,
  more: 0,
  who: nameOf(discord_id),
  at: received_at.toISOString(),
  state: 'received',
  attempts: 1,
  calls: 0,
});
