import type { Logger } from '@moddy/runtime/log';
import type Stripe from 'stripe';
import { ENDED } from '../billing/entitlement.ts';
import { readListed } from '../billing/ownership.ts';
import type { Orm, Queryable } from '../database/database.ts';
import { and, asc, eq, gt, isNull, lt, notInArray, or } from '../database/drizzle.ts';
import { customers, subscriptions } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import type { Plans } from '../plans.ts';
import { type JobClaim, type JobName, saveJob } from '../queue/claim-job.ts';
import { isMissing, withAllItems } from '../stripe-client.ts';
import { comparePage, type Difference, findDifferences, storeDifferences } from './compare-page.ts';

/** The progress of a comparison; its differences are stored in their own table. */
export interface ScanState {
  readonly step: 'list' | 'unlisted' | 'decide' | 'apply';
  /** The last subscription that was listed, or checked as unlisted. */
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
 * Compares the Stripe account with the stored rows, page by page, each in one transaction with its progress: a killed
 * process loses at most a page, and the next one continues there. Stripe does not list ended subscriptions: a stored live
 * one that is not listed has ended, or is gone.
 */
export async function scanAccount(deps: ScanDeps, claim: JobClaim, begun: ScanState): Promise<ScanState> {
  let state = begun;
  while (state.step === 'list') state = await listPage(deps, claim, state);
  while (state.step === 'unlisted') state = await findUnlisted(deps, claim, state);
  return state;
}

/** The same without a trace: nothing is saved, and an unfinished scan of the service is neither resumed nor ended. */
export async function scanDry(
  deps: ScanDeps,
  job: JobName,
): Promise<{ readonly listed: number; readonly differences: readonly Difference[] }> {
  const { db, stripe, signal, onProgress } = deps;
  const startedAt = new Date();
  const seen = new Set<string>();
  const differences: Difference[] = [];
  for (let cursor: string | null = null; ; ) {
    signal.throwIfAborted();
    const page = await fetchPage(stripe, cursor);
    for (const { id } of page.data) seen.add(id);
    const listed = await readListed({ ...deps, dry: true }, page.data);
    differences.push(...(await findDifferences(db, job, page.data, listed)));
    onProgress(seen.size);
    cursor = page.has_more ? (page.data.at(-1)?.id ?? null) : null;
    if (cursor === null) break;
  }
  for (let after: string | null = ''; after !== null; ) {
    const held = await findHeld(db, { startedAt, after });
    differences.push(...held.filter(({ subscriptionId }) => !seen.has(subscriptionId)).map(asUnlisted(job)));
    after = held.length === CHUNK ? (held.at(-1)?.subscriptionId ?? null) : null;
  }
  return { listed: seen.size, differences };
}

async function fetchPage(stripe: Stripe, cursor: string | null) {
  const after = cursor === null ? {} : { starting_after: cursor };
  const { data, has_more } = await stripe.subscriptions.list({ limit: PAGE, ...after });
  const whole: Stripe.Subscription[] = [];
  // One after the other: a page of a hundred would ask Stripe for the items of all of them at once.
  for (const subscription of data) whole.push(await withAllItems(stripe, subscription));
  return { data: whole, has_more };
}

async function listPage(deps: ScanDeps, claim: JobClaim, state: ScanState): Promise<ScanState> {
  const { db, stripe, signal, onProgress } = deps;
  signal.throwIfAborted();
  const page = await fetchPage(stripe, state.cursor).catch((error: unknown) => {
    // The subscription that the next page is counted from is gone: begin anew.
    if (state.cursor !== null && isMissing(error)) return null;
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
  const listed = await readListed(deps, page?.data ?? []);
  await transaction(db, async (tx) => {
    await saveJob(tx, claim, next);
    await comparePage(tx, claim.name, page?.data ?? [], listed);
  });
  onProgress(next.listed);
  return next;
}

/** Stores live subscriptions that existed when the comparison began and were on no page, as differences. */
async function findUnlisted({ db, signal }: ScanDeps, claim: JobClaim, state: ScanState): Promise<ScanState> {
  signal.throwIfAborted();
  return transaction(db, async (tx) => {
    const unlisted = await findHeld(tx, { startedAt: claim.startedAt, after: state.cursor ?? '' });
    await storeDifferences(tx, unlisted.map(asUnlisted(claim.name)));
    const last = unlisted.at(-1);
    const next: ScanState =
      last !== undefined && unlisted.length === CHUNK
        ? { ...state, cursor: last.subscriptionId }
        : { ...state, step: 'decide', cursor: null };
    await saveJob(tx, claim, next);
    return next;
  });
}

/** Stored live subscriptions that existed when the comparison began, and that Stripe has not listed since. */
const findHeld = (db: Queryable, { startedAt, after }: { readonly startedAt: Date; readonly after: string }) =>
  db
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
        or(isNull(subscriptions.seenAt), lt(subscriptions.seenAt, startedAt)),
        lt(subscriptions.createdAt, startedAt),
        or(isNull(customers.parkedReason), eq(customers.parkedReason, 'unknown_price')),
        gt(subscriptions.subscriptionId, after),
      ),
    )
    .orderBy(asc(subscriptions.subscriptionId))
    .limit(CHUNK);

const asUnlisted =
  (job: JobName) =>
  ({ status, ...ids }: Awaited<ReturnType<typeof findHeld>>[number]): Difference => ({
    ...ids,
    job,
    kind: 'unlisted',
    detail: `${status} here, not listed by Stripe`,
    listed: null,
  });
