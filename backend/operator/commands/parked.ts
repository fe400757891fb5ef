import { acknowledgeCustomer } from '../../billing/settle-sync.ts';
import { acknowledgeDelivery } from '../../outbox/close.ts';
import { acknowledgeRefund } from '../../queue/claim-refund.ts';
import { OperatorError, runCommand, UsageError } from '../command.ts';
import { formatParked } from '../format-parked.ts';
import { listParked } from '../list-parked.ts';

await runCommand({
  name: 'parked',
  about: 'Everything that waits for an operator, why, and what to do about it.',
  options: {
    acknowledge: {
      type: 'string',
      help: 'what you have dealt with: the number of a refund or dispute, the id of a customer, or delivery-<number>',
    },
  },
  run: async ({ values: { acknowledge }, print, ...command }) => {
    const { dry } = command;
    if (acknowledge !== undefined && !/^(?:(?:delivery-|refund-|dispute-)?\d{1,15}|cus_\w{1,250})$/.test(acknowledge))
      throw new UsageError('--acknowledge takes a number, cus_… or delivery-<number>');
    const { orm: db } = command.open();
    if (acknowledge === undefined) {
      print(...formatParked(await listParked(db)));
      return;
    }
    const is = dry ? 'would be' : 'is';
    if (acknowledge.startsWith('cus_')) {
      if (!(await acknowledgeCustomer(db, acknowledge, { dry })))
        throw new OperatorError(`No customer ${acknowledge} is parked.`);
      print(`${acknowledge} ${is} acknowledged: it is listed again only if it is parked for another reason.`);
      return;
    }
    const id = Number(acknowledge.replace(/^\w+-/, ''));
    const [what, close] = acknowledge.startsWith('delivery-')
      ? (['delivery', acknowledgeDelivery] as const)
      : (['refund or dispute', acknowledgeRefund] as const);
    if (!(await close(db, id, { dry }))) throw new OperatorError(`No ${what} ${id} is parked.`);
    print(`${what.slice(0, 1).toUpperCase()}${what.slice(1)} ${id} ${is} acknowledged.`);
  },
});
