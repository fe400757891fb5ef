import type { Logger } from '@moddy/runtime/log';
import type { EntitlementRules } from '../billing/entitlement.ts';
import { and, asc, eq, inArray, isNotNull } from '../database/drizzle.ts';
import { accountDifferences, customers } from '../database/schema.ts';
import { transaction } from '../database/transaction.ts';
import { finishJob, type JobClaim, type JobName, saveJob } from '../queue/claim-job.ts';
import { requestSyncs } from '../queue/request-sync.ts';
import { type Difference, forgetDifferences } from './compare-page.ts';
import { type Changes, countChanges } from './count-changes.ts';
import { type ScanDeps, type ScanState, scanAccount, scanDry } from './scan-account.ts';

export interface CompareDeps extends Omit<ScanDeps, 'plans'> {
  readonly rules: EntitlementRules;
  readonly livemode: boolean;
  readonly now: () => Date;
  readonly log: Logger;
}

export interface CompareOptions {
  /** Acts on any number of changes. */
  readonly force: boolean;
  /** How often this run is repeated by itself. */
  readonly everyMs: number;
  /** Called with every difference, before anything is done about them. */
  readonly onDifference?: (difference: Difference) => void;
}

export interface Comparison extends Changes {
  readonly listed: number;
  readonly differences: number;
  readonly customers: number;
  /** Customers that wait for an operator; a comparison does not change their number. */
  readonly parked: number;
  /** Why nothing was done, although there are differences. */
  readonly stopped: string | null;
}

/** More changes than these look like a fault of ours, or another account: an operator has to check first. */
export const LIMITS = { users: 20, share: 0.05 } as const;
const CHUNK = 500;

/**
 * Compares the Stripe account with the stored state and wants a sync for every customer that differs: with
 * `import` a silent one. Progress is saved with every step.
 */
export async function compareAccount(deps: CompareDeps, claim: JobClaim, options: CompareOptions): Promise<Comparison> {
  const { db, rules, log } = deps;
  const begun = await begin(deps, claim);
  const state = await scanAccount({ ...deps, plans: rules.plans }, claim, begun);
  const found = await db
    .select()
    .from(accountDifferences)
    .where(eq(accountDifferences.job, claim.name))
    .orderBy(asc(accountDifferences.customerId), asc(accountDifferences.subscriptionId));
  // Keeps the lease while it counts.
  const onChunk = () => saveJob(db, claim, state);
  // A run that was acting when it was interrupted had been judged.
  const force = options.force || state.step === 'apply';
  const judged = await judge(deps, claim.name, { listed: state.listed, found }, { ...options, force, onChunk });
  const { stopped, differences } = judged;
  if (stopped === null) await apply(deps, claim, state);
  const outcome = stopped ?? `${state.listed} subscriptions listed, ${differences} differences`;
  await transaction(db, async (tx) => {
    await forgetDifferences(tx, claim.name);
    await finishJob(tx, claim, { everyMs: options.everyMs, outcome, alert: stopped !== null });
  });
  if (stopped !== null) log.error('the comparison with Stripe stopped', { name: claim.name, detail: stopped });
  else log.info('compared with Stripe', { name: claim.name, count: differences, detail: outcome });
  return judged;
}

/** The same from the start, also beside another run or after an interrupted one; nothing is written. */
export async function compareDry(
  deps: CompareDeps,
  name: 'reconcile' | 'import',
  options: Pick<CompareOptions, 'force' | 'onDifference'>,
): Promise<Comparison> {
  const { listed, differences } = await scanDry({ ...deps, plans: deps.rules.plans }, name);
  const found = differences.toSorted((a, b) => (a.customerId < b.customerId ? -1 : 1));
  return judge(deps, name, { listed, found }, { ...options, onChunk: async () => {} });
}

/** The consequences of the differences, and whether they exceed the brake's limit. */
async function judge(
  { db, rules, livemode, now }: CompareDeps,
  name: JobName,
  { listed, found }: { readonly listed: number; readonly found: readonly Difference[] },
  {
    force,
    onDifference,
    onChunk,
  }: Pick<CompareOptions, 'force' | 'onDifference'> & { readonly onChunk: () => Promise<void> },
): Promise<Comparison> {
  const changes = await countChanges(db, found, { rules, livemode, now: now(), onChunk });
  for (const difference of found) onDifference?.(difference);
  return {
    ...changes,
    listed,
    differences: found.length,
    customers: new Set(found.map(({ customerId }) => customerId)).size,
    parked: await db.$count(customers, isNotNull(customers.parkedReason)),
    stopped: force ? null : stopReason(name, changes),
  };
}

async function begin({ db, log }: CompareDeps, claim: JobClaim): Promise<ScanState> {
  const left = readState(claim.state);
  if (left !== null) {
    log.info('going on with an unfinished comparison', { name: claim.name, count: left.listed });
    return left;
  }
  const fresh: ScanState = { step: 'list', cursor: null, listed: 0 };
  await transaction(db, async (tx) => {
    await saveJob(tx, claim, fresh);
    await forgetDifferences(tx, claim.name);
  });
  return fresh;
}

/** Null without a state, or if an earlier version saved it in another form: the comparison then starts anew. */
function readState(state: unknown): ScanState | null {
  if (typeof state !== 'object' || state === null) return null;
  const { step, cursor, listed } = state as Partial<Record<keyof ScanState, unknown>>;
  const known = step === 'list' || step === 'unlisted' || step === 'decide' || step === 'apply';
  if (!known || typeof listed !== 'number' || (cursor !== null && typeof cursor !== 'string')) return null;
  return { step, cursor, listed };
}

function stopReason(name: JobName, { plansReplaced, entitlementsChanged, knownUsers }: Changes): string | null {
  // An import sends no messages: only a plan that a user has already can be lost by it.
  const count = name === 'import' ? plansReplaced : entitlementsChanged;
  if (count <= LIMITS.users || count <= knownUsers * LIMITS.share) return null;
  const what = name === 'import' ? 'lose or change the plan they have' : 'change their entitlement';
  return `${count} users would ${what}, of ${knownUsers} known: more than ${LIMITS.users} and ${LIMITS.share * 100} %`;
}

async function apply({ db, livemode, signal }: CompareDeps, claim: JobClaim, state: ScanState): Promise<void> {
  for (;;) {
    signal.throwIfAborted();
    const done = await transaction(db, async (tx) => {
      await saveJob(tx, claim, { ...state, step: 'apply' });
      const chunk = await tx
        .selectDistinct({ customerId: accountDifferences.customerId })
        .from(accountDifferences)
        .where(eq(accountDifferences.job, claim.name))
        .orderBy(asc(accountDifferences.customerId))
        .limit(CHUNK);
      const ids = chunk.map(({ customerId }) => customerId);
      await requestSyncs(tx, ids, { livemode, adopting: claim.name === 'import' });
      await tx
        .delete(accountDifferences)
        .where(and(eq(accountDifferences.job, claim.name), inArray(accountDifferences.customerId, ['', ...ids])));
      return ids.length < CHUNK;
    });
    if (done) return;
  }
}
