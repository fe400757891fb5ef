import type { Asked } from './asked.ts';
import { readBackend, readUsers, silent } from './read-backend.ts';
import { readDiscordEvents, readStripeEvents, readWebhooks } from './read-events.ts';
import { readMembers } from './read-members.ts';
import { readServices, type ServiceDeps } from './read-services.ts';
import { readPrices, readSubscriptions } from './read-subscriptions.ts';
import type { Slowness } from './slowness.ts';
import type { BackendView, EventView, Snapshot } from './snapshot.ts';
import type { DatabaseWatch } from './watch-database.ts';

const EVENTS_KEPT = 60;

export interface SnapshotDeps extends ServiceDeps {
  readonly slowness: Slowness | undefined;
  readonly asked: Asked | undefined;
  readonly database: DatabaseWatch | undefined;
  readonly links: Snapshot['links'];
}

export async function readSnapshot(deps: SnapshotDeps): Promise<Snapshot> {
  const { discord, stripe, slowness, asked, database } = deps;
  const ledger = stripe?.books.named('test').ledger;
  const names = new Map(discord?.users().map(({ id, username, globalName }) => [id, globalName ?? username]));
  const nameOf = (discordId: string) => names.get(discordId) ?? discordId;
  const stored = await readStored(database, nameOf, ledger === undefined);
  const prices = ledger ? readPrices(ledger) : [];
  const webhooks = stripe && ledger ? readWebhooks(stripe.deliveries.records, ledger, nameOf) : [];
  return {
    services: readServices(deps, slowness?.isOn ?? false),
    discord: discord && slowness ? { slow: slowness.isOn, outage: discord.state().outage } : null,
    stripe: ledger ? { prices } : null,
    members:
      discord && asked
        ? readMembers(discord, {
            asked,
            plans: stored.plans,
            subscriptions: ledger ? readSubscriptions(ledger) : new Map(),
            prices,
          })
        : [],
    backend: stored.backend,
    events: [...webhooks, ...stored.events].toSorted((a, b) => (a.at < b.at ? 1 : -1)).slice(0, EVENTS_KEPT),
    links: deps.links,
  };
}

interface Stored {
  readonly backend: BackendView;
  readonly plans: ReadonlyMap<string, string>;
  readonly events: readonly EventView[];
}

async function readStored(
  database: DatabaseWatch | undefined,
  nameOf: (discordId: string) => string,
  withStripe: boolean,
): Promise<Stored> {
  const nothing = (silence: string): Stored => ({ backend: silent(silence), plans: new Map(), events: [] });
  if (database === undefined)
    return nothing('The backend keeps its database to itself: start with DATABASE_URL to see it.');
  try {
    const backend = await readBackend(database, nameOf);
    const plans = new Map((await readUsers(database)).map((user) => [user.discord_id, user.plan]));
    const events = await readDiscordEvents(database, nameOf);
    if (withStripe) events.push(...(await readStripeEvents(database, nameOf)));
    return { backend, plans, events };
  } catch (error) {
    return nothing(`The database does not answer: ${error instanceof Error ? error.message : 'unknown error'}`);
  }
}
