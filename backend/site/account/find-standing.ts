import { and, desc, eq, inArray } from 'drizzle-orm';
import type { Queryable } from '../../database/database.ts';
import { customers, deliveries, type Message, subscriptions, users } from '../../database/schema.ts';
import { FREE } from '../../plans.ts';

/** How a user stands: what they are entitled to, and whether Discord shows it. */
export interface Standing {
  readonly discordId: string;
  readonly email: string | null;
  readonly plan: string;
  readonly subscribed: boolean;
  readonly paymentLate: boolean;
  readonly subscription: {
    readonly status: string;
    readonly plan: string | null;
    readonly interval: string | null;
    readonly currentPeriodEnd: Date | null;
    readonly cancelAtPeriodEnd: boolean;
  } | null;
  readonly hasCustomer: boolean;
  /** `waiting`: not yet asked or answered · `absent`: not on the server · `failed`: somebody has to mend something. */
  readonly role: 'given' | 'waiting' | 'absent' | 'failed';
  readonly notices: readonly SentNotice[];
}

/** A message that was owed to the user and is settled: sent, or refused by their settings. */
export interface SentNotice {
  readonly message: Message;
  readonly at: Date;
  readonly sent: boolean;
  readonly outcome: string | null;
}

const SHOWN_MESSAGES = 10;

export async function findStanding(db: Queryable, userId: number): Promise<Standing> {
  const [row] = await db
    .select({ user: users, subscription: subscriptions })
    .from(users)
    .leftJoin(subscriptions, eq(subscriptions.subscriptionId, users.subscriptionId))
    .where(eq(users.userId, userId));
  if (row === undefined) throw new Error('A session belongs to nobody');
  const { user, subscription } = row;
  const [customer] = await db
    .select({ customerId: customers.customerId })
    .from(customers)
    .where(eq(customers.userId, userId))
    .limit(1);
  const [lastRole] = await db
    .select({ state: deliveries.state, outcome: deliveries.outcome })
    .from(deliveries)
    .where(and(eq(deliveries.userId, userId), eq(deliveries.kind, 'roles')))
    .orderBy(desc(deliveries.deliveryId))
    .limit(1);
  const settled = await db
    .select({
      message: deliveries.message,
      at: deliveries.settledAt,
      outcome: deliveries.outcome,
      state: deliveries.state,
    })
    .from(deliveries)
    .where(
      and(eq(deliveries.userId, userId), eq(deliveries.kind, 'notify'), inArray(deliveries.state, ['done', 'waiting'])),
    )
    .orderBy(desc(deliveries.deliveryId))
    .limit(SHOWN_MESSAGES);
  return {
    discordId: user.discordId,
    email: user.email,
    plan: user.plan,
    subscribed: user.plan !== FREE,
    paymentLate: user.paymentLate,
    subscription,
    hasCustomer: customer !== undefined,
    role: user.confirmedRevision >= user.revision ? 'given' : roleOf(lastRole),
    notices: settled.flatMap(({ message, at, outcome, state }) =>
      message === null || at === null
        ? []
        : [{ message, at, outcome: state === 'waiting' ? state : outcome, sent: outcome === 'sent' }],
    ),
  };
}

function roleOf(last: { readonly state: string; readonly outcome: string | null } | undefined): Standing['role'] {
  if (last === undefined || last.state === 'pending') return last?.outcome === 'not_in_guild' ? 'absent' : 'waiting';
  return last.outcome === 'not_in_guild' || last.outcome === 'unknown_user' ? 'absent' : 'failed';
}
