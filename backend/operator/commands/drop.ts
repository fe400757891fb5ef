import { dropMessages } from '../../outbox/close.ts';
import { runCommand, UsageError } from '../command.ts';
import { formatDropped } from '../format-parked.ts';

await runCommand({
  name: 'drop',
  about:
    'Gives up every message from before a moment that was not sent: after a restore, users have had them. No roles.',
  options: { before: { type: 'string', help: 'a moment with its time zone: 2026-11-28T10:00:00Z' } },
  run: async ({ values: { before }, print, ...command }) => {
    if (
      before === undefined ||
      !/^\d{4}-\d\d-\d\dT.*(?:Z|[+-]\d\d:?\d\d)$/.test(before) ||
      Number.isNaN(Date.parse(before))
    )
      throw new UsageError('--before takes a moment with its time zone: 2026-11-28T10:00:00Z');
    if (Date.parse(before) > Date.now())
      throw new UsageError('--before is in the future: messages that are still to come are not to be dropped');
    const { dry } = command;
    const { orm: db } = command.open();
    print(...formatDropped(await dropMessages(db, { before: new Date(before), dry }), dry));
  },
});
