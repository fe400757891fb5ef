import { acknowledgeCustomer } from '../../billing/settle-sync.ts';
import { acknowledgeRefund } from '../../queue/claim-refund.ts';
import { runCommand } from '../command.ts';
import { withDatabase } from '../command-deps.ts';
import { OperatorError, UsageError } from '../errors.ts';
import { formatParked } from '../format-parked.ts';
import { listParked } from '../list-parked.ts';

await runCommand({
  name: 'parked',
  about: 'Everything that waits for an operator, why, and what to do about it.',
  options: {
    acknowledge: {
      type: 'string',
      help: 'the number of a refund or dispute, or the id of a customer, that you have dealt with',
    },
  },
  run: async ({ values: { acknowledge }, variables, print }) => {
    if (acknowledge !== undefined && !/^(?:\d{1,15}|cus_\w{1,250})$/.test(acknowledge))
      throw new UsageError('--acknowledge takes a number or cus_…');
    return withDatabase(variables, async ({ orm: db }) => {
      if (acknowledge?.startsWith('cus_')) {
        if (!(await acknowledgeCustomer(db, acknowledge)))
          throw new OperatorError(`No customer ${acknowledge} is parked.`);
        print(`${acknowledge} is acknowledged: it is listed again only if it is parked for another reason.`);
        return 0;
      }
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
