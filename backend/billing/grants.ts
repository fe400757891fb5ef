import type { Logger } from '@moddy/runtime/log';
import type { Orm, Transaction } from '../database/database.ts';
import { and, asc, eq, isNull, lte } from '../database/drizzle.ts';
import { isErased, type LockedUser, lockUser } from '../database/lock-user.ts';
import { grants } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { finishJob } from '../queue/claim-job.ts';
import type { Job } from '../queue/schedule.ts';
import { entitleUser } from './entitle-user.ts';
import type { EntitlementRules } from './entitlement.ts';
import { storedOfUser } from './stored.ts';

export interface GrantDeps {
  readonly db: Orm;
  /** The mode of the Stripe key: subscriptions of the other mode entitle to nothing. */
  readonly livemode: boolean;
  readonly rules: EntitlementRules;
  readonly now: () => Date;
}

/** The user deletes their account: nothing was changed. */
export class GrantRejected extends Error {
  override readonly name = 'GrantRejected';
}

type NewGrant = Pick<typeof grants.$inferInsert, 'plan' | 'endsAt' | 'author' | 'reason'>;

/**
 * Gives a plan until a date. The highest of all sources counts, so a better subscription is not touched.
 * @returns the grant and the plan that the user has with it.
 * @throws {GrantRejected}
 */
export async function giveGrant(deps: GrantDeps, discordId: string, grant: NewGrant) {
  return transaction(deps.db, async (tx) => {
    const user = await lockUser(tx, { discordId });
    if (isErased(user) || user.erasureRequestedAt !== null)
      throw new GrantRejected(`Discord user ${discordId} is deleting their account.`);
    const [given] = await tx
      .insert(grants)
      .values({ ...grant, userId: user.userId, createdAt: deps.now() })
      .returning({ grantId: grants.grantId });
    return { grantId: given?.grantId ?? 0, plan: await entitle(tx, user, deps, 'granted') };
  });
}

/**
 * Ends all open grants of a user now.
 * @returns how many there were, and the plan that is left.
 */
export async function revokeGrants(deps: GrantDeps, userId: number): Promise<{ count: number; plan: string }> {
  return transaction(deps.db, async (tx) => {
    const user = await lockUser(tx, { userId });
    const now = deps.now();
    const revoked = await tx
      .update(grants)
      .set({ revokedAt: now, endedAt: now })
      .where(and(eq(grants.userId, userId), isNull(grants.endedAt)))
      .returning({ grantId: grants.grantId });
    if (revoked.length === 0) return { count: 0, plan: user.plan };
    return { count: revoked.length, plan: await entitle(tx, user, deps, 'grant_ended') };
  });
}

const EVERY_MS = 60_000;
const MAX_USERS = 500;

/** Time ends a grant like a period: the users whose grants are over get the plan that is left. */
export const grantsJob = (deps: GrantDeps & { readonly log: Logger }): Job => ({
  name: 'grants',
  everyMs: EVERY_MS,
  run: async (claim, signal) => {
    const { db, now, log } = deps;
    const isOver = and(isNull(grants.endedAt), lte(grants.endsAt, now()));
    const due = await db
      .selectDistinct({ userId: grants.userId })
      .from(grants)
      .where(isOver)
      .orderBy(asc(grants.userId))
      .limit(MAX_USERS);
    for (const { userId } of due) {
      signal.throwIfAborted();
      await transaction(db, async (tx) => {
        const user = await lockUser(tx, { userId });
        await tx
          .update(grants)
          .set({ endedAt: now() })
          .where(and(eq(grants.userId, userId), isOver));
        const plan = await entitle(tx, user, deps, 'grant_ended');
        log.info('grant ended', { discordId: user.discordId, plan });
      });
    }
    await finishJob(db, claim, { everyMs: EVERY_MS, outcome: `${due.length} ended`, alert: false });
  },
});

/** Updates the user's entitlement from subscriptions and grants; the message names the grant as the reason. */
async function entitle(
  tx: Transaction,
  user: LockedUser,
  { livemode, rules, now }: GrantDeps,
  because: 'granted' | 'grant_ended',
): Promise<string> {
  const held = await storedOfUser(tx, user.userId, { livemode, plans: rules.plans });
  const options = { rules, now: now(), customerId: null, email: user.email, silent: false, because };
  const { plan } = await entitleUser(tx, user, held, options);
  return plan;
}
