import type { Queryable } from '../database/database.ts';
import {
  and,
  asc,
  count,
  desc,
  eq,
  isNotNull,
  like,
  lt,
  not,
  or,
  type PgTable,
  type SQL,
  sql,
} from '../database/drizzle.ts';
import { ERASED_PATTERN } from '../database/lock-user.ts';
import { customers, deliveries, jobs, reversals, users } from '../database/schema.ts';

/** Failed so often, a sync is not just unlucky: half a minute of failures, or more. The index says the same. */
export const isFailing = (): SQL =>
  // Literal, so that the planner sees that the index holds exactly these.
  sql`${customers.wanted} > ${customers.done} and ${customers.failures} >= 5`;

/** The customer is parked for a reason that no operator has acknowledged. */
export const isParked = (): SQL =>
  sql`${customers.parkedReason} is not null and ${customers.acknowledgedReason} is distinct from ${customers.parkedReason}`;

/** Work that should have been done again by now, and was not. */
export const isLate = (): SQL => lt(jobs.lateAt, sql`now()`);

/** A job that stopped for an operator, or is late. */
export const isStuck = (): SQL | undefined => or(eq(jobs.alert, true), isLate());

/** Verdicts of the bot that an operator can change. The others end by themselves: the user joins, or passes screening. */
export const MISCONFIGURED: readonly string[] = [
  'missing_permissions',
  'role_refused',
  'role_misconfigured',
  'unknown_plan',
  'guild_unavailable',
  'partial',
];

/** As many users are counted: whether it is a thousand or more changes nothing about the cure. */
const UNCONFIRMED_LIMIT = 1_000;

/** Users whose roles are not as their plan says, and the bot's last verdict about them; `pending` before the first. */
export async function unconfirmedRoles(db: Queryable) {
  const unconfirmed = db
    .select({ userId: users.userId, discordId: users.discordId })
    .from(users)
    .where(sql`${users.confirmedRevision} < ${users.revision}`)
    .limit(UNCONFIRMED_LIMIT)
    .as('unconfirmed');
  const last = db
    .select({ outcome: deliveries.outcome, detail: deliveries.detail })
    .from(deliveries)
    .where(and(eq(deliveries.userId, unconfirmed.userId), eq(deliveries.kind, 'roles'), isNotNull(deliveries.outcome)))
    .orderBy(desc(deliveries.deliveryId))
    .limit(1)
    .as('last');
  const rows = await db
    .select({ discordId: unconfirmed.discordId, reason: last.outcome, detail: last.detail })
    .from(unconfirmed)
    .leftJoinLateral(last, sql`true`);
  return rows.map(({ reason, ...row }) => ({ ...row, reason: reason ?? 'pending' }));
}

/** The deletion of an account that was asked for more than a day ago. */
export const isErasureOverdue = (): SQL | undefined =>
  and(lt(users.erasureRequestedAt, sql`now() - interval '24 hours'`), not(like(users.discordId, ERASED_PATTERN)));

/** Refunds and disputes that only want to be seen and decided by an operator. */
export const countWaitingRefunds = (db: Queryable): Promise<number> =>
  countUpTo(db, reversals, and(eq(reversals.state, 'parked'), eq(reversals.outcome, 'needs_attention')));

/** Age of the sync that waits longest, in seconds; those of an import, which makes everybody wait, do not count. */
export async function oldestWaitingSeconds(db: Queryable): Promise<number> {
  const [oldest] = await db
    .select({ seconds: sql<number>`extract(epoch from now() - ${customers.wantedAt})::float8` })
    .from(customers)
    .where(sql`${customers.wanted} > ${customers.done} and not ${customers.adopting}`)
    .orderBy(asc(customers.wantedAt))
    .limit(1);
  return Math.max(0, oldest?.seconds ?? 0);
}

/** The limit of counts for messages and alerts: a higher number changes no message, and a full count slows down as rows grow. */
export const COUNT_LIMIT = 10_000;

/** How many rows match, `COUNT_LIMIT` at most. */
export async function countUpTo(db: Queryable, table: PgTable, where: SQL | undefined): Promise<number> {
  const found = db
    .select({ one: sql`1`.as('one') })
    .from(table)
    .where(where)
    .limit(COUNT_LIMIT)
    .as('found');
  const [row] = await db.select({ value: count() }).from(found);
  return row?.value ?? 0;
}
