import type { Job } from '../jobs/schedule.ts';
import { type CompareParts, compareAccount } from './compare-account.ts';

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
