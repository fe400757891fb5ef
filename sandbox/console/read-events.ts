import type { Delivery } from '../stripe/delivery.ts';
import type { Ledger, RecordedEvent } from '../stripe/ledger.ts';
import { discordIdOf } from './read-subscriptions.ts';
import type { EventView } from './snapshot.ts';
import { spaced } from './spaced.ts';
import type { DatabaseWatch } from './watch-database.ts';

const KEPT = 60;
const WEBHOOKS_READ = 300;

/** Of what happens at once, the event that says most, first. */
const BY_WEIGHT = [
  'invoice.payment_failed',
  'customer.subscription.deleted',
  'customer.subscription.created',
  'customer.subscription.updated',
  'invoice.paid',
];
const weight = (type: string): number => BY_WEIGHT.indexOf(type) + 1 || BY_WEIGHT.length + 1;

type NameOf = (discordId: string) => string;

/** Stripe's webhooks, newest first; what one cause set off at once is one entry. */
export function readWebhooks(records: readonly Delivery[], ledger: Ledger, nameOf: NameOf): EventView[] {
  const bursts: { readonly who: string; readonly created: number; readonly of: Delivery[] }[] = [];
  for (const record of records.slice(-WEBHOOKS_READ).toReversed()) {
    const who = ownerOf(record.event, ledger, nameOf);
    const last = bursts.at(-1);
    if (last && last.who === who && Math.abs(last.created - record.event.created) <= 1) last.of.push(record);
    else bursts.push({ who, created: record.event.created, of: [record] });
  }
  return bursts.slice(0, KEPT).flatMap(({ who, of }) => {
    const [head] = of.toSorted((a, b) => weight(a.event.type) - weight(b.event.type));
    if (head === undefined) return [];
    const attempts = Math.max(...of.map((each) => each.attempts.length));
    const at = Math.min(...of.map((each) => each.attempts[0]?.at ?? Date.now()));
    return [
      {
        key: of.at(-1)?.id ?? head.id,
        source: 'stripe',
        type: head.event.type,
        more: of.length - 1,
        who,
        at: new Date(at).toISOString(),
        state: stateOf(of, attempts),
        attempts,
      },
    ];
  });
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

/** What the bot reported, as the backend stored it. */
export async function readDiscordEvents(database: DatabaseWatch, nameOf: NameOf): Promise<EventView[]> {
  const rows = await database.select<StoredRow>(
    `select discord_event_id as key, type, discord_id, received_at
       from discord_events order by discord_event_id desc limit $1`,
    [KEPT],
  );
  return rows.map((row) => ({
    key: `discord-${row.key}`,
    source: 'discord',
    type: spaced(row.type),
    more: 0,
    who: nameOf(row.discord_id),
    at: row.received_at.toISOString(),
    state: 'received',
    attempts: 1,
  }));
}

/** Where Stripe is not local, its events are those that the backend has received. */
export async function readStripeEvents(database: DatabaseWatch, nameOf: NameOf): Promise<EventView[]> {
  const rows = await database.select<StoredRow>(
    `select e.event_id as key, e.type, coalesce(u.discord_id, e.customer_id, '') as discord_id, e.received_at
       from stripe_events e left join customers c using (customer_id) left join users u using (user_id)
      order by e.received_at desc limit $1`,
    [KEPT],
  );
  return rows.map((row) => ({
    key: row.key,
    source: 'stripe',
    type: row.type,
    more: 0,
    who: nameOf(row.discord_id),
    at: row.received_at.toISOString(),
    state: 'received',
    attempts: 1,
  }));
}
