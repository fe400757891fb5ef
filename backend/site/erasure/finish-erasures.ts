import type { Logger } from '@moddy/runtime/log';
import { and, asc, desc, eq, gt, isNotNull, like, not, notInArray, sql } from 'drizzle-orm';
import type { Orm, Transaction } from '../../database/database.ts';
import { ERASED_PATTERN, erasedDiscordId, type LockedUser, lockUsers } from '../../database/lock-user.ts';
import { customers, deliveries, discordEvents, subscriptions, users } from '../../database/schema.ts';
import { inLockOrder } from '../../database/tables/columns.ts';
import { transaction } from '../../database/transaction.ts';
import { isUnavailable } from '../../database/unavailable.ts';
import { FREE } from '../../plans.ts';
import { finishJob, saveJob } from '../../queue/claim-job.ts';
import type { Job } from '../../queue/schedule.ts';

/** Roles that cannot be taken back for so long will not be; the person's wish then counts more. */
const PATIENCE_MS = 30 * 24 * 60 * 60 * 1000;
/** The bot's word that there is nobody to take roles from. */
const GONE: ReadonlySet<string | null> = new Set(['not_in_guild', 'unknown_user']);

export interface ErasureDeps {
  readonly db: Orm;
  readonly log: Logger;
  readonly now: Date;
  /** Called before every page. */
  readonly onPage?: () => Promise<void>;
}

export interface Erasures {
  readonly forgotten: number;
  /** To be looked at by somebody: the log says why. */
  readonly failed: number;
}

const PAGE = 100;

/**
 * Forgets the Discord id of everybody who asked for it and to whom nothing is owed any more. What accounting needs
 * stays: the row without a person, its Stripe customers and their subscriptions. One who has to wait, or with whom
 * something is wrong, holds up nobody else.
 * @throws when the database is away.
 */
export async function finishErasures({ db, log, now, onPage }: ErasureDeps): Promise<Erasures> {
  const count = { forgotten: 0, failed: 0 };
  for (let after = 0; ; ) {
    await onPage?.();
    const page = await db
      .select({ userId: users.userId })
      .from(users)
      .where(
        and(isNotNull(users.erasureRequestedAt), not(like(users.discordId, ERASED_PATTERN)), gt(users.userId, after)),
      )
      .orderBy(asc(users.userId))
      .limit(PAGE);
    for (const { userId } of page) {
      after = userId;
      try {
        if (await transaction(db, (tx) => finishErasure(tx, userId, now))) count.forgotten += 1;
      } catch (error) {
        if (isUnavailable(error)) throw error;
        count.failed += 1;
        log.error('a person could not be forgotten', { detail: `user id ${userId}`, error });
      }
    }
    if (page.length < PAGE) return count;
  }
}

async function finishErasure(tx: Transaction, userId: number, now: Date): Promise<boolean> {
  // Customers before users before deliveries, as in a sync.
  const own = await tx
    .select()
    .from(customers)
    .where(eq(customers.userId, userId))
    .orderBy(inLockOrder(customers.customerId))
    .for('update');
  const [user] = await lockUsers(tx, eq(users.userId, userId));
  if (!user?.erasureRequestedAt) return false;
  const outOfPatience = now.getTime() - user.erasureRequestedAt.getTime() >= PATIENCE_MS;
  if (!outOfPatience && (own.some(({ wanted, done }) => wanted > done) || (await hasPendingDeliveries(tx, user)))) {
    return false;
  }
  const { discordId } = user;
  await tx.delete(deliveries).where(eq(deliveries.userId, userId));
  await tx.delete(discordEvents).where(eq(discordEvents.discordId, discordId));
  await tx.update(customers).set({ discordIdHint: null }).where(eq(customers.userId, userId));
  await tx
    .update(users)
    .set({
      discordId: erasedDiscordId(userId),
      email: null,
      locale: null,
      confirmedRevision: sql`${users.revision}`,
      updatedAt: now,
    })
    .where(eq(users.userId, userId));
  return true;
}

async function hasPendingDeliveries(tx: Transaction, user: LockedUser): Promise<boolean> {
  if (user.plan !== FREE) return true;
  const [pending] = await tx
    .select({ deliveryId: deliveries.deliveryId })
    .from(deliveries)
    .where(and(eq(deliveries.userId, user.userId), eq(deliveries.state, 'pending')))
    .limit(1);
  const [paid] = await tx
    .select({ subscriptionId: subscriptions.subscriptionId })
    .from(subscriptions)
    .innerJoin(customers, eq(customers.customerId, subscriptions.customerId))
    .where(and(eq(customers.userId, user.userId), notInArray(subscriptions.status, ['canceled', 'incomplete_expired'])))
    .limit(1);
  if (pending !== undefined || paid !== undefined) return true;
  if (user.confirmedRevision >= user.revision) return false;
  const [last] = await tx
    .select({ outcome: deliveries.outcome })
    .from(deliveries)
    .where(and(eq(deliveries.userId, user.userId), eq(deliveries.kind, 'roles')))
    .orderBy(desc(deliveries.deliveryId))
    .limit(1);
  return !GONE.has(last?.outcome ?? null);
}

const EVERY_MS = 5 * 60_000;

/** Checks whether a user who asked to be forgotten can be forgotten now. */
export const eraseJob = (db: Orm, log: Logger, now: () => Date): Job => ({
  name: 'erase',
  everyMs: EVERY_MS,
  run: async (claim) => {
    const onPage = () => saveJob(db, claim, null);
    const { forgotten, failed } = await finishErasures({ db, log, now: now(), onPage });
    if (forgotten > 0) log.info('people forgotten', { count: forgotten });
    const outcome = failed === 0 ? `forgot ${forgotten}` : `forgot ${forgotten}, could not forget ${failed}`;
    await finishJob(db, claim, { everyMs: EVERY_MS, outcome, alert: failed > 0 });
  },
});
