import type { Queryable } from '../database/database.ts';
import { and, eq, isNotNull, lte, sql } from '../database/drizzle.ts';
import { jobs } from '../database/schema.ts';
import { isFree } from './lease.ts';

/** Regular work. Every run of one name excludes every other, in the service and from the command line. */
export type JobName = 'reconcile' | 'import' | 'prune' | 'erase' | 'affirm' | 'announce' | 'audit' | 'grants';

/** Longer than one step can take; afterwards another process may resume from the state that was saved last. */
const LEASE = sql`now() + interval '60 seconds'`;

/** A run that an earlier process left unfinished is resumed only while it is younger than this. */
const STALE = sql`now() - interval '1 hour'`;

/** The right to do the work until its lease ends; `fence` proves it when progress is saved. */
export interface JobClaim {
  readonly name: JobName;
  readonly fence: number;
  readonly startedAt: Date;
  /** How far an earlier process got that did not finish. */
  readonly state: unknown;
}

/** Another process holds the lease of this job. */
export class JobBusy extends Error {
  override readonly name = 'JobBusy';
}

/** Another process took the work over: this one has to stop. */
export class JobLost extends Error {
  override readonly name = 'JobLost';
}

const inMs = (ms: number) => sql`now() + ${`${ms} milliseconds`}::interval`;

/** A run may be missed, and wait for a long one of another job. */
const lateIn = (everyMs: number) => inMs(2 * everyMs + 60 * 60 * 1_000);

/** Makes the row of a job; the first run is due one period after the service first knew of it. */
export async function registerJob(db: Queryable, name: JobName, everyMs: number): Promise<void> {
  await db
    .insert(jobs)
    .values({ name, dueAt: inMs(everyMs), lateAt: lateIn(everyMs) })
    .onConflictDoUpdate({ target: jobs.name, set: { lateAt: sql`coalesce(${jobs.lateAt}, excluded.late_at)` } });
}

/**
 * Claims a job, one that another process began and left as well.
 * @param when `due`: only if it is time; `now`: in any case.
 * @returns undefined while another worker does it, or when it is not due.
 */
export async function claimJob(db: Queryable, name: JobName, when: 'due' | 'now'): Promise<JobClaim | undefined> {
  if (when === 'now') await db.insert(jobs).values({ name, dueAt: sql`now()` }).onConflictDoNothing();
  const [claimed] = await db
    .update(jobs)
    .set({
      leaseUntil: LEASE,
      fence: sql`${jobs.fence} + 1`,
      state: sql`case when ${jobs.startedAt} < ${STALE} then null else ${jobs.state} end`,
      startedAt: sql`case when ${jobs.state} is null or ${jobs.startedAt} < ${STALE} then now() else ${jobs.startedAt} end`,
    })
    .where(and(eq(jobs.name, name), isFree(jobs), when === 'due' ? lte(jobs.dueAt, sql`now()`) : undefined))
    .returning();
  if (claimed === undefined) return undefined;
  return { name, fence: claimed.fence, startedAt: claimed.startedAt ?? new Date(), state: claimed.state };
}

/** Saves how far it got and lengthens the lease; call it in the transaction of the step. @throws {JobLost} */
export async function saveJob(tx: Queryable, claim: JobClaim, state: unknown): Promise<void> {
  await update(tx, claim, { state, leaseUntil: LEASE });
}

/** Ends a run. @throws {JobLost} */
export async function finishJob(
  tx: Queryable,
  claim: JobClaim,
  ended: { readonly everyMs: number; readonly outcome: string; readonly alert: boolean },
): Promise<void> {
  const { everyMs, outcome, alert } = ended;
  await update(tx, claim, {
    state: null,
    leaseUntil: null,
    finishedAt: sql`now()`,
    dueAt: inMs(everyMs),
    // A job that no service repeats is never late.
    lateAt: sql`case when ${jobs.lateAt} is not null then ${lateIn(everyMs)} end`,
    outcome,
    alert,
  });
}

/** Releases an unfinished run: another attempt resumes it from its saved state after `retryInMs`. */
export async function releaseJob(db: Queryable, { name, fence }: JobClaim, retryInMs: number): Promise<void> {
  await db
    .update(jobs)
    .set({ leaseUntil: null, dueAt: inMs(retryInMs) })
    .where(and(eq(jobs.name, name), eq(jobs.fence, fence)));
}

async function update(
  tx: Queryable,
  { name, fence }: JobClaim,
  set: Parameters<ReturnType<Queryable['update']>['set']>[0],
): Promise<void> {
  const updated = await tx
    .update(jobs)
    .set(set)
    // Without a lease the claim has ended.
    .where(and(eq(jobs.name, name), eq(jobs.fence, fence), isNotNull(jobs.leaseUntil)))
    .returning({ name: jobs.name });
  if (updated.length === 0) throw new JobLost(`Another process took over ${name}`);
}
