import type { Logger } from '@moddy/runtime/log';
import { and, asc, eq, gt, isNull, lt, notInArray, or, sql } from 'drizzle-orm';
import type Stripe from 'stripe';
import { ENDED } from '../billing/entitlement.ts';
import { readListed } from '../billing/ownership.ts';
import type { Orm } from '../database/database.ts';
import { accountDifferences, customers, subscriptions } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import type { Plans } from '../plans.ts';
import { type JobClaim, saveJob } from '../queue/claim-job.ts';
import { comparePage } from './compare-page.ts';

/** How far a comparison got; what it found stands in its own table. */
export interface ScanState {
  readonly step: 'list' | 'unlisted' | 'decide' | 'apply';
  /** The last subscription that was listed, or looked at as unlisted. */
  readonly cursor: string | null;
  readonly listed: number;
}

export interface ScanDeps {
  readonly db: Orm;
  readonly stripe: Stripe;
  readonly plans: Plans;
  readonly log: Logger;
  readonly signal: AbortSignal;
  /** Called after every page. */
  readonly onProgress: (listed: number) => void;
}

const PAGE = 100;
const CHUNK = 1_000;

/**
 * Compares the Stripe account with what is stored, page by page, each in one transaction with its progress: a process
 * that is killed loses a page, and the next one goes on from there. Ended subscriptions are not listed: one that we
 * hold for live and Stripe does not list has ended, or is gone.
 */
export async function scanAccount(deps: ScanDeps, claim: JobClaim, begun: ScanState): Promise<ScanState> {
  let state = begun;
  while (state.step === 'list') state = await listPage(deps, claim, state);
  while (state.step === 'unlisted') state = await findUnlisted(deps, claim, state);
  return state;
}

async function listPage(deps: ScanDeps, claim: JobClaim, state: ScanState): Promise<ScanState> {
  const { db, stripe, signal, onProgress } = deps;
  signal.throwIfAborted();
  const page = await stripe.subscriptions
    .list({ limit: PAGE, ...(state.cursor === null ? {} : { starting_after: state.cursor }) })
    .catch((error: unknown) => {
      // The subscription that the next page is counted from is gone: begin anew.
      if (state.cursor !== null && error instanceof Error && 'code' in error && error.code === 'resource_missing')
        return null;
      throw error;
    });
  const last = page?.data.at(-1);
  const next: ScanState =
    page === null
      ? { step: 'list', cursor: null, listed: 0 }
      : {
          step: page.has_more && last ? 'list' : 'unlisted',
          cursor: page.has_more && last ? last.id : null,
          listed: state.listed + page.data.length,
        };
  const subscriptions = page?.data ?? [];
  const listed = await readListed(deps, subscriptions);
  await transaction(db, async (tx) => {
    await saveJob(tx, claim, next);
    await comparePage(tx, claim.name, subscriptions, listed);
  });
  onProgress(next.listed);
  return next;
}

/** What we hold for live, was there when the comparison began, and was on no page. */
async function findUnlisted({ db, signal }: ScanDeps, claim: JobClaim, state: ScanState): Promise<ScanState> {
  signal.throwIfAborted();
  return transaction(db, async (tx) => {
    const unlisted = await tx
      .select({
        customerId: subscriptions.customerId,
        subscriptionId: subscriptions.subscriptionId,
        status: subscriptions.status,
      })
      .from(subscriptions)
      .innerJoin(customers, eq(customers.customerId, subscriptions.customerId))
      .where(
        and(
          notInArray(subscriptions.status, [...ENDED]),
          or(isNull(subscriptions.seenAt), lt(subscriptions.seenAt, claim.startedAt)),
          lt(subscriptions.createdAt, claim.startedAt),
          or(isNull(customers.parkedReason), eq(customers.parkedReason, 'unknown_price')),
          gt(subscriptions.subscriptionId, state.cursor ?? ''),
        ),
      )
      .orderBy(asc(subscriptions.subscriptionId))
      .limit(CHUNK);
    if (unlisted.length > 0) {
      await tx
        .insert(accountDifferences)
        .values(
          unlisted.map(({ status, ...ids }) => ({
            ...ids,
            job: claim.name,
            kind: 'unlisted' as const,
            detail: `${status} here, not listed by Stripe`,
          })),
        )
        .onConflictDoUpdate({
          target: [accountDifferences.job, accountDifferences.customerId, accountDifferences.subscriptionId],
          set: { kind: sql`excluded.kind`, detail: sql`excluded.detail`, listed: null },
        });
    }
    const last = unlisted.at(-1);
    const next: ScanState =
      last !== undefined && unlisted.length === CHUNK
        ? { ...state, cursor: last.subscriptionId }
        : { ...state, step: 'decide', cursor: null };
    await saveJob(tx, claim, next);
    return next;
  });
}
