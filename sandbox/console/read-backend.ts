import type { BackendView, DeliveryView } from './snapshot.ts';
import { planName, spaced } from './spaced.ts';
import type { DatabaseWatch } from './watch-database.ts';

const KEPT = 50;

interface DeliveryRow {
  readonly delivery_id: string;
  readonly discord_id: string;
  readonly kind: 'notify' | 'roles';
  readonly state: 'pending' | 'done' | 'parked';
  readonly message: { readonly action: string; readonly plan: string; readonly change: string | null } | null;
  readonly plan: string;
  readonly attempts: number;
  readonly leased: boolean;
  readonly outcome: string | null;
  readonly detail: string | null;
  readonly created_at: Date;
}

/** Why the backend is not known to know anything yet, in words for the page. */
export const silent = (silence: string): BackendView => ({
  silence,
  counts: { waiting: 0, done: 0, parked: 0 },
  deliveries: [],
});

export async function readBackend(
  database: DatabaseWatch,
  nameOf: (discordId: string) => string,
): Promise<BackendView> {
  const counted = await database.select<{ state: DeliveryRow['state']; count: number }>(
    'select state, count(*)::integer as count from deliveries group by state',
  );
  const count = (state: DeliveryRow['state']) => counted.find((each) => each.state === state)?.count ?? 0;
  const rows = await database.select<DeliveryRow>(
    `select d.delivery_id, u.discord_id, d.kind, d.state, d.message, u.plan, d.attempts,
            coalesce(d.lease_until > now(), false) as leased, d.outcome, d.detail, d.created_at
       from deliveries d join users u using (user_id)
      order by d.delivery_id desc limit $1`,
    [KEPT],
  );
  return {
    silence: null,
    counts: { waiting: count('pending'), done: count('done'), parked: count('parked') },
    deliveries: rows.map((row) => deliveryOf(row, nameOf)),
  };
}

const deliveryOf = (row: DeliveryRow, nameOf: (discordId: string) => string): DeliveryView => ({
  deliveryId: Number(row.delivery_id),
  discordId: row.discord_id,
  who: nameOf(row.discord_id),
  kind: row.kind,
  what: whatOf(row),
  state: row.state !== 'pending' ? row.state : row.leased ? 'sending' : 'waiting',
  attempts: row.attempts,
  createdAt: row.created_at.toISOString(),
  // While it is pending, what the last attempt met stands in the detail; afterwards the outcome says it in a word.
  verdict: row.state === 'pending' ? (row.detail ?? '') : spaced(row.outcome ?? ''),
});

function whatOf({ message, state, plan }: DeliveryRow): string {
  // Roles are read when they are sent: only of what is still owed is it known which they will be.
  if (message === null) return state === 'pending' ? `match ${planName(plan)}` : 'match the plan';
  return spaced(message.change ?? message.action);
}

export interface UserRow {
  readonly discord_id: string;
  readonly plan: string;
}

export const readUsers = (database: DatabaseWatch): Promise<UserRow[]> =>
  database.select<UserRow>('select discord_id, plan from users order by user_id desc limit 500');
