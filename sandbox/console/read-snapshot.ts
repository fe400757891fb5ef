import type { Wiretap } from '../wiretap.ts';
import type { Asked } from './asked.ts';
import type { Outages } from './outages.ts';
import { readBackend, readUsers, silent, type UserRow } from './read-backend.ts';
import { readDiscordEvents, readStripeEvents, readWebhooks } from './read-events.ts';
import { readMembers } from './read-members.ts';
import { readServices, type ServiceDeps } from './read-services.ts';
import { readPrices, readSubscriptions } from './read-subscriptions.ts';
import type { BackendView, EventView, Snapshot } from './snapshot.ts';
import type { DatabaseWatch } from './watch-database.ts';

const EVENTS_KEPT = 60;

/** The private HTTP calls between the services. */
export interface Wiretaps {
  readonly toBot: Wiretap;
  readonly toBackend: Wiretap;
}

export interface SnapshotDeps extends ServiceDeps {
  readonly outages: Outages;
  readonly asked: Asked | undefined;
  readonly database: DatabaseWatch | undefined;
  readonly wiretaps: Wiretaps | undefined;
  readonly defaultLocale: string;
  readonly links: Snapshot['links'];
}

export async function readSnapshot(deps: SnapshotDeps): Promise<Snapshot> {
  const { discord, stripe, outages, asked, database, wiretaps, defaultLocale } = deps;
  const ledger = stripe?.books.named('test').ledger;
  const names = new Map(discord?.users().map(({ id, username, globalName }) => [id, globalName ?? username]));
  const nameOf = (discordId: string) => names.get(discordId) ?? discordId;
  const stored = await readStored(database, nameOf, wiretaps, ledger === undefined);
  const prices = ledger ? readPrices(ledger) : [];
  const webhooks = stripe && ledger ? readWebhooks(stripe.deliveries.records, ledger, nameOf) : [];
  return {
    services: readServices(deps, outages, stored.backend.silence),
    isDiscordLocal: discord !== undefined,
    isStripeLocal: stripe !== undefined,
    members:
      discord && asked
        ? readMembers(discord, {
            nameOf,
            asked,
            stored: stored.users,
            defaultLocale,
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
  readonly users: ReadonlyMap<string, UserRow>;
  readonly events: readonly EventView[];
}

async function readStored(
  database: DatabaseWatch | undefined,
  nameOf: (discordId: string) => string,
  wiretaps: Wiretaps | undefined,
  withStripe: boolean,
): Promise<Stored> {
  const nothing = (silence: string): Stored => ({ backend: silent(silence), users: new Map(), events: [] });
  if (database === undefined) return nothing('The console was not given the backend’s database.');
  try {
    const backend = await readBackend(database, nameOf, wiretaps?.toBot);
    const users = new Map((await readUsers(database)).map((user) => [user.discord_id, user]));
    const events = await readDiscordEvents(database, nameOf, wiretaps?.toBackend);
    if (withStripe) events.push(...(await readStripeEvents(database, nameOf)));
    return { backend, users, events };
  } catch (error) {
    return nothing(`The database does not answer: ${error instanceof Error ? error.message : 'unknown error'}`);
  }
}
