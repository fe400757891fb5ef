import { type Standing, standingOf } from '../../billing/standing.ts';
import type { Queryable } from '../../database/database.ts';
import { and, desc, eq, inArray, isNull, max, sql, unionAll } from '../../database/drizzle.ts';
import { customers, deliveries, grants, type Message, subscriptions, users } from '../../database/schema.ts';
import { FREE } from '../../plans.ts';

/** The user's standing: their plan, and whether Discord shows it. */
export interface Account extends Standing {
  readonly discordId: string;
  readonly email: string | null;
  /** They have a plan. */
  readonly subscribed: boolean;
  readonly hasCustomer: boolean;
  /** `waiting`: not yet asked or answered · `absent`: not on the server · `failed`: an operator has to fix something. */
  readonly role: 'given' | 'waiting' | 'absent' | 'failed';
  readonly notices: readonly SentNotice[];
}

/** A message to the user that is settled: sent, or blocked by their settings. */
export interface SentNotice {
  readonly message: Message;
  readonly at: Date;
  readonly sent: boolean;
  readonly outcome: string | null;
}

export interface AccountDeps {
  readonly db: Queryable;
  readonly livemode: boolean;
  readonly pastDueGraceMs: number;
  readonly now: () => Date;
}

const SHOWN_MESSAGES = 10;

/** One statement, so one moment: the state and the messages about it cannot contradict each other. */
export async function findStanding(
  { db, livemode, pastDueGraceMs, now }: AccountDeps,
  userId: number,
): Promise<Account> {
  const newest = db
    .select()
    .from(deliveries)
    .where(and(eq(deliveries.userId, userId), eq(deliveries.kind, 'roles')))
    .orderBy(desc(deliveries.deliveryId))
    .limit(1);
  const settled = db
    .select()
    .from(deliveries)
    .where(
      and(eq(deliveries.userId, userId), eq(deliveries.kind, 'notify'), inArray(deliveries.state, ['done', 'waiting'])),
    )
    .orderBy(desc(deliveries.deliveryId))
    .limit(SHOWN_MESSAGES);
  const shown = unionAll(settled, newest).as('shown');
  const grant = db
    .select({ until: max(grants.endsAt).as('until') })
    .from(grants)
    .innerJoin(users, and(eq(users.userId, grants.userId), eq(users.plan, grants.plan)))
    .where(and(eq(grants.userId, userId), isNull(grants.endedAt)))
    .as('grant_of_plan');
  const rows = await db
    .select({
      user: users,
      grantedUntil: grant.until,
      customerId: customers.customerId,
      subscription: subscriptions,
      delivery: {
        deliveryId: shown.deliveryId,
        kind: shown.kind,
        state: shown.state,
        outcome: shown.outcome,
        message: shown.message,
        at: shown.settledAt,
      },
    })
    .from(users)
    .leftJoin(customers, and(eq(customers.userId, users.userId), eq(customers.livemode, livemode)))
    .leftJoin(subscriptions, eq(subscriptions.customerId, customers.customerId))
    .leftJoin(shown, sql`true`)
    .crossJoin(grant)
    .where(eq(users.userId, userId));
  const [first] = rows;
  if (first === undefined) throw new Error('A session belongs to nobody');
  const user = { ...first.user, grantedUntil: first.grantedUntil };
  // Every subscription stands beside every delivery.
  const held = distinct(
    rows.map(({ subscription }) => subscription),
    ({ subscriptionId }) => subscriptionId,
  );
  const found = distinct(
    rows.map(({ delivery }) => delivery),
    ({ deliveryId }) => deliveryId,
  );
  const lastRole = found.find(({ kind }) => kind === 'roles');
  return {
    ...standingOf(user, held, pastDueGraceMs, now()),
    discordId: user.discordId,
    email: user.email,
    subscribed: user.plan !== FREE,
    hasCustomer: rows.some(({ customerId }) => customerId !== null),
    role: user.confirmedRevision >= user.revision ? 'given' : roleOf(lastRole),
    notices: found
      .filter(({ kind }) => kind === 'notify')
      .toSorted((a, b) => b.deliveryId - a.deliveryId)
      .flatMap(({ message, at, outcome, state }) =>
        message === null || at === null
          ? []
          : [{ message, at, outcome: state === 'waiting' ? state : outcome, sent: outcome === 'sent' }],
      ),
  };
}

const distinct = <Row>(rows: readonly (Row | null)[], key: (row: Row) => unknown): readonly Row[] => [
  ...new Map(rows.flatMap((row) => (row === null ? [] : [[key(row), row] as const]))).values(),
];

function roleOf(last: { readonly state: string; readonly outcome: string | null } | undefined): Account['role'] {
  if (last === undefined || last.state === 'pending') return last?.outcome === 'not_in_guild' ? 'absent' : 'waiting';
  return last.outcome === 'not_in_guild' || last.outcome === 'unknown_user' ? 'absent' : 'failed';
}
