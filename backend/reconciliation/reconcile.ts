import { claimJob, JobBusy, releaseJob } from '../queue/claim-job.ts';
import type { Job } from '../queue/schedule.ts';
import {
  type CompareDeps,
  type CompareOptions,
  type Comparison,
  compareAccount,
  compareDry,
} from './compare-account.ts';

/**
 * A comparison at an operator's request, whether or not one is due.
 * @param dry only reads, also while another process compares.
 * @throws {JobBusy} while another process does one.
 */
export async function runComparison(
  deps: CompareDeps,
  name: 'reconcile' | 'import',
  { dry, ...options }: CompareOptions & { readonly dry: boolean },
): Promise<Comparison> {
  if (dry) return compareDry(deps, name, options);
  const claim = await claimJob(deps.db, name, 'now');
  if (claim === undefined) {
    throw new JobBusy(`Another process runs ${name} now. If it was killed, try again in a minute.`);
  }
  try {
    return await compareAccount(deps, claim, options);
  } catch (error) {
    await releaseJob(deps.db, claim, options.everyMs).catch(() => {}); // The first error says more.
    throw error;
  }
}

export const RECONCILE_EVERY_MS = 24 * 60 * 60 * 1_000;
const PROGRESS_EVERY = 5_000;

/** The daily comparison with Stripe: it finds the change of a lost event within a day. */
export const reconcileJob = (deps: Omit<CompareDeps, 'signal' | 'onProgress'>): Job => ({
  name: 'reconcile',
  everyMs: RECONCILE_EVERY_MS,
  run: async (claim, signal) => {
    let logged = 0;
    const onProgress = (listed: number) => {
      if (listed - logged < PROGRESS_EVERY) return;
      logged = listed;
      deps.log.info('comparing with Stripe', { count: listed });
    };
    await compareAccount({ ...deps, signal, onProgress }, claim, {
      force: false,
      everyMs: RECONCILE_EVERY_MS,
    });
  },
});
