import { setTimeout as delay } from 'node:timers/promises';
import { type BotClient, BotClientError } from '@moddy/generated/bot-internal/client';
import type { Logger } from '@moddy/runtime/log';
import type { Orm, Queryable } from '../database/database.ts';
import { and, inArray, ne } from '../database/drizzle.ts';
import { lockUser } from '../database/lock-user.ts';
import { PRIORITY, users } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { enqueueRoles } from '../outbox/enqueue.ts';
import { FREE } from '../plans.ts';
import { finishJob, type JobClaim, saveJob } from '../queue/claim-job.ts';
import type { Job } from '../queue/schedule.ts';
import { LIMITS } from './compare-account.ts';

/** A member who holds a plan's role and has no plan. */
export interface UnpaidHolder {
  readonly discordId: string;
  readonly roles: readonly string[];
  /** The roles are left to them: an administrator is no subscriber. */
  readonly administrator: boolean;
}

export interface RoleAudit {
  readonly holders: number;
  readonly unpaid: readonly UnpaidHolder[];
}

/** The bot cannot list the holders: it lacks access or an intent, or is of a version without the operation. */
export class AuditUnavailable extends Error {
  override readonly name = 'AuditUnavailable';
}

interface AuditDeps {
  readonly db: Queryable;
  readonly bot: Pick<BotClient, 'listRoleHolders'>;
  readonly signal: AbortSignal;
}

/**
 * Compares the members who hold a plan's role with the users who have a plan.
 * @throws {AuditUnavailable | BotClientError}
 */
export async function auditRoles({ db, bot, signal }: AuditDeps, onPage?: () => Promise<void>): Promise<RoleAudit> {
  const unpaid: UnpaidHolder[] = [];
  let holders = 0;
  for (let after: string | null | undefined; after !== null; ) {
    signal.throwIfAborted();
    const page = await listPage(bot, after, signal);
    if (!page.success) throw new AuditUnavailable(page.message);
    const found = page.holders ?? [];
    const subscribers = await subscribersAmong(
      db,
      found.map(({ discord_id: discordId }) => discordId),
    );
    for (const { discord_id: discordId, roles, administrator } of found) {
      if (!subscribers.has(discordId)) unpaid.push({ discordId, roles, administrator });
    }
    holders += found.length;
    after = page.next ?? null;
    await onPage?.();
  }
  return { holders, unpaid };
}

/** The longest wait for a page: the job's lease is twice as long. */
const MAX_WAIT_SECONDS = 30;

async function listPage(bot: AuditDeps['bot'], after: string | undefined, signal: AbortSignal) {
  const list = () => bot.listRoleHolders({ signal, parameters: after === undefined ? {} : { query: { after } } });
  try {
    return await list().catch(async (error: unknown) => {
      // Discord limits how fast a large server is listed: from the first page again it would never be listed whole.
      const seconds = error instanceof BotClientError && error.outcome === 'not-now' && error.retryAfterSeconds;
      if (!seconds || seconds > MAX_WAIT_SECONDS) throw error;
      await delay(seconds * 1_000, undefined, { signal });
      return list();
    });
  } catch (error) {
    if (!(error instanceof BotClientError) || error.status !== 404) throw error;
    throw new AuditUnavailable('The bot is of an older version than this service: deploy it first', { cause: error });
  }
}

async function subscribersAmong(db: Queryable, discordIds: readonly string[]): Promise<ReadonlySet<string>> {
  if (discordIds.length === 0) return new Set();
  const rows = await db
    .select({ discordId: users.discordId })
    .from(users)
    .where(and(inArray(users.discordId, discordIds), ne(users.plan, FREE)));
  return new Set(rows.map(({ discordId }) => discordId));
}

/** Why so many roles are not removed without FORCE, if they are too many. */
export function tooMany({ holders, unpaid }: RoleAudit): string | undefined {
  const count = sweepable(unpaid).length;
  if (count <= LIMITS.users || count <= holders * LIMITS.share) return undefined;
  return `${count} of ${holders} holders would lose the role: more than ${LIMITS.users} and ${LIMITS.share * 100} %`;
}

const sweepable = (unpaid: readonly UnpaidHolder[]) => unpaid.filter(({ administrator }) => !administrator);

/**
 * Has the bot apply the plan that each of them has now, which removes the roles of those who still have none.
 * @returns how many updates of roles were enqueued.
 */
export async function sweepRoles(db: Orm, unpaid: readonly UnpaidHolder[], signal: AbortSignal): Promise<number> {
  const holders = sweepable(unpaid);
  for (const { discordId } of holders) {
    signal.throwIfAborted();
    await transaction(db, async (tx) => enqueueRoles(tx, [await lockUser(tx, { discordId })], PRIORITY.bulk));
  }
  return holders.length;
}

const EVERY_MS = 7 * 24 * 60 * 60 * 1_000;

/** Weekly: says how many hold a plan's role without a plan, and changes nothing. */
export const auditJob = (deps: Omit<AuditDeps, 'signal'> & { readonly log: Logger }): Job => ({
  name: 'audit',
  everyMs: EVERY_MS,
  run: async (claim: JobClaim, signal) => {
    const { outcome, alert } = await auditRoles({ ...deps, signal }, () => saveJob(deps.db, claim, {})).then(
      ({ unpaid }) => {
        const { length } = sweepable(unpaid);
        return { outcome: `${length} members hold a plan's role without a plan`, alert: length > 0 };
      },
      (error: unknown) => {
        if (!(error instanceof AuditUnavailable)) throw error;
        return { outcome: error.message, alert: false };
      },
    );
    deps.log.info('role holders compared', { detail: outcome });
    await finishJob(deps.db, claim, { everyMs: EVERY_MS, outcome, alert });
  },
});
