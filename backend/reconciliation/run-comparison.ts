import { claimJob, releaseJob } from '../jobs/claim-job.ts';
import { OperatorError } from '../operator/errors.ts';
import { type CompareOptions, type CompareParts, type Comparison, compareAccount } from './compare-account.ts';

/**
 * A comparison at an operator's request, whether or not one is due.
 * @throws {OperatorError} while another process does one.
 */
export async function runComparison(
  parts: CompareParts,
  name: 'reconcile' | 'import',
  options: CompareOptions,
): Promise<Comparison> {
  const claim = await claimJob(parts.db, name, 'now');
  if (claim === undefined) {
    throw new OperatorError(`Another process does ${name} at the moment. If it was killed: again in a minute.`);
  }
  try {
    return await compareAccount(parts, claim, options);
  } catch (error) {
    await releaseJob(parts.db, claim, options.everyMs).catch(() => {}); // The first error says more.
    throw error;
  }
}
