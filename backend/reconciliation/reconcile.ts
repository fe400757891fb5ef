import { claimJob, JobBusy, releaseJob } from '../queue/claim-job.ts';
import type { Job } from '../queue/schedule.ts';
import { type CompareOptions, type CompareParts, type Comparison, compareAccount } from './compare-account.ts';

/**
 * A comparison at an operator's request, whether or not one is due.
 * @throws {JobBusy} while another process does one.
 */
export async function runComparison(
  parts: CompareParts,
  name: 'reconcile' | 'import',
  options: CompareOptions,
): Promise<Comparison> {
  const claim = await claimJob(parts.db, name, 'now');
  if (claim === undefined) {
    throw new JobBusy(`Another process runs ${name} now. If it was killed, try again in a minute.`);
  }
  try {
    return await compareAccount(parts, claim, options);
  } catch (error) {
    await releaseJob(parts.db, claim, options.everyMs).catch(() => {}); // The first error says more.
    throw error;
  }
}

export const RECONCILE_EVERY_MS = 24 * 60 * 60 * 1_000;
const PROGRESS_EVERY = 5_000;

/** The daily comparison with Stripe: what a lost event left behind is found within a day. */
export const reconcileJob = (parts: Omit<CompareParts, 'signal' | 'onProgress'>): Job => ({
  name: 'reconcile',
  everyMs: RECONCILE_EVERY_MS,
  run: async (claim, signal) => {
    let told = 0;
    const onProgress = (listed: number) => {
      if (listed - told < PROGRESS_EVERY) return;
      told = listed;
      parts.log.info('comparing with Stripe', { count: listed });
    };
    await compareAccount({ ...parts, signal, onProgress }, claim, {
      dry: false,
      force: false,
      everyMs: RECONCILE_EVERY_MS,
    });
  },
});
