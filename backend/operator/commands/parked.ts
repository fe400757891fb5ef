import { acknowledgeRefund } from '../../queue/claim-refund.ts';
import { runCommand } from '../command.ts';
import { withDatabase } from '../command-deps.ts';
import { OperatorError, UsageError } from '../errors.ts';
import { formatParked } from '../format-parked.ts';
import { listParked } from '../list-parked.ts';

await runCommand({
  name: 'parked',
  about: 'Everything that waits for an operator, why, and what to do about it.',
  options: { acknowledge: { type: 'string', help: 'the number of a refund or dispute that you have dealt with' } },
  run: async ({ values: { acknowledge }, variables, print }) => {
    if (acknowledge !== undefined && !/^\d{1,15}$/.test(acknowledge))
      throw new UsageError('--acknowledge takes a number');
    return withDatabase(variables, async ({ orm: db }) => {
      if (acknowledge !== undefined) {
        if (!(await acknowledgeRefund(db, Number(acknowledge)))) {
          throw new OperatorError(`No refund or dispute ${acknowledge} is parked.`);
        }
        print(`Refund or dispute ${acknowledge} is acknowledged.`);
        return 0;
      }
      for (const line of formatParked(await listParked(db))) print(line);
      return 0;
    });
  },
});
