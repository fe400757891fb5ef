import type { Exchange, Wiretap } from '../wiretap.ts';
import type { BackendView, DeliveryState, DeliveryView, DetailView } from './snapshot.ts';
import type { DatabaseWatch } from './watch-database.ts';

const KEPT = 50;
/** Outcomes with which the bot did what it was asked. */
const ACCEPTED: ReadonlySet<string> = new Set(['sent', 'updated']);
const SUPERSEDED: ReadonlySet<string> = new Set(['superseded', 'replaced']);

interface DeliveryRow {
  readonly delivery_id: string;
  readonly discord_id: string;
  readonly kind: 'notify' | 'roles';
  readonly state: 'pending' | 'done' | 'parked' | 'waiting';
  readonly message: { readonly action: string; readonly plan: string; readonly change: string | null } | null;
  readonly plan: string;
  readonly revision: number;
  readonly attempts: number;
  readonly failures: number;
  readonly leased: boolean;
  readonly outcome: string | null;
  readonly detail: string | null;
  readonly created_at: Date;
  readonly due_at: Date;
  readonly settled_at: Date | null;
}

const SELECT = `select d.delivery_id, u.discord_id, d.kind, d.state, d.message, u.plan, u.revision, d.attempts, d.failures,
                       coalesce(d.lease_until > now(), false) as leased, d.outcome, d.detail, d.created_at, d.due_at, d.settled_at
                  from deliveries d join users u using (user_id)`;

/** Why nothing is known of the backend's deliveries, for the page. */
export const silent = (silence: string): BackendView => ({
  silence,
  counts: { pending: 0, waiting: 0, done: 0, refused: 0, parked: 0 },
  deliveries: [],
});

type NameOf = (discordId: string) => string;

export async function readBackend(
  database: DatabaseWatch,
  nameOf: NameOf,
  toBot: Wiretap | undefined,
): Promise<BackendView> {
  const counted = await database.select<Pick<DeliveryRow, 'state' | 'outcome'> & { count: number }>(
    'select state, outcome, count(*)::integer as count from deliveries group by state, outcome',
  );
  const counts = { pending: 0, sending: 0, waiting: 0, done: 0, refused: 0, superseded: 0, parked: 0 };
  for (const { count, ...row } of counted) counts[stateOf({ ...row, leased: false })] += count;
  const rows = await database.select<DeliveryRow>(`${SELECT} order by d.delivery_id desc limit $1`, [KEPT]);
  const { sending: _, superseded: __, ...shown } = counts;
  return { silence: null, counts: shown, deliveries: rows.map((row) => deliveryOf(row, nameOf, toBot)) };
}

function stateOf({ state, outcome, leased }: Pick<DeliveryRow, 'state' | 'outcome' | 'leased'>): DeliveryState {
  if (state === 'pending') return leased ? 'sending' : 'pending';
  if (state !== 'done' || ACCEPTED.has(outcome ?? '')) return state;
  return SUPERSEDED.has(outcome ?? '') ? 'superseded' : 'refused';
}

const deliveryOf = (row: DeliveryRow, nameOf: NameOf, toBot: Wiretap | undefined): DeliveryView => ({
  deliveryId: Number(row.delivery_id),
  discordId: row.discord_id,
  who: nameOf(row.discord_id),
  kind: row.kind,
  what: whatOf(row),
  state: stateOf(row),
  attempts: row.attempts,
  createdAt: row.created_at.toISOString(),
  verdict: verdictOf(row),
  calls: callsOf(row.delivery_id, toBot).length,
});

/** While it is pending, the detail is of the last attempt; afterwards the outcome is one word. */
function verdictOf({ state, detail, outcome }: DeliveryRow): string {
  if (state === 'pending') return detail ?? '';
  return state === 'waiting' ? 'until they join' : spaced(outcome ?? '');
}

function whatOf({ message, state, plan }: DeliveryRow): string {
  // Roles are read when they are sent: only while one is pending is it known which they will be.
  if (message === null) return state === 'pending' ? `match ${planName(plan)}` : 'match the plan';
  return spaced(message.change ?? message.action);
}

/** `plan_upgraded` → `plan upgraded`. */
export const spaced = (name: string): string => name.replaceAll('_', ' ');

/** `moddy_max` → `Moddy Max`: plans are named as their products are. */
const planName = (plan: string): string => spaced(plan).replace(/\b[a-z]/g, (letter) => letter.toUpperCase());

/** The backend names the delivery and the attempt in the request id of each call. */
const callsOf = (deliveryId: string, toBot: Wiretap | undefined): readonly Exchange[] =>
  toBot?.with('x-request-id', (id) => id.startsWith(`delivery-${deliveryId}-`)) ?? [];

export async function readDelivery(
  database: DatabaseWatch,
  deliveryId: string,
  toBot: Wiretap | undefined,
): Promise<DetailView | undefined> {
  const [row] = await database.select<DeliveryRow>(`${SELECT} where d.delivery_id = $1`, [deliveryId]);
  if (row === undefined) return undefined;
  const { state, leased, outcome, detail, message, plan, revision, attempts, failures } = row;
  const calls = callsOf(deliveryId, toBot);
  const unseen = attempts - calls.length;
  const facts: [string, string | null][] = [
    [
      'State',
      state === 'waiting' ? 'waiting: sent when the user joins the server, for at most 72 hours' : stateOf(row),
    ],
    ['Outcome', outcome],
    ['Reason', detail],
    ['Attempts', `${attempts}${failures > 0 ? `, ${failures} of them failures that count` : ''}`],
    ['Next attempt', state === 'pending' && !leased ? clock(row.due_at) : null],
    ['Created', clock(row.created_at)],
    ['Settled', row.settled_at && clock(row.settled_at)],
  ];
  return {
    facts: facts.flatMap(([name, text]) => (text ? [[name, text] as const] : [])),
    parts: [
      {
        title: row.kind === 'notify' ? 'Message' : 'Roles, as the plan is now',
        payload: JSON.stringify(message ?? { plan, revision }, null, 2),
        note: unseen > 0 ? `The console did not see the calls of ${unseen} of ${attempts} attempts.` : '',
        calls,
      },
    ],
  };
}

export const clock = (at: Date): string => at.toLocaleTimeString('en-GB');

export interface UserRow {
  readonly discord_id: string;
  readonly plan: string;
  readonly locale: string | null;
  /** The end of the grant that the plan comes from. */
  readonly granted_until: Date | null;
}

export const readUsers = (database: DatabaseWatch): Promise<UserRow[]> =>
  database.select<UserRow>(
    `select discord_id, plan, locale,
            (select max(g.ends_at) from grants g
              where g.user_id = u.user_id and g.plan = u.plan and g.ended_at is null) as granted_until
       from users u order by user_id desc limit 500`,
  );
