import type { Queryable } from '../../database/database.ts';
import { redrive, type Which } from '../../outbox/redrive.ts';
import { OperatorError, runCommand, UsageError } from '../command.ts';
import { findSubjects } from '../find-subject.ts';
import { formatRedriven } from '../format-parked.ts';

await runCommand({
  name: 'redrive',
  about: 'Sends parked deliveries again: one, those of a user, or all.',
  options: {
    id: { type: 'string', help: 'the number of one delivery' },
    user: { type: 'string', help: 'Discord id, Stripe customer id, e-mail or user id' },
    all: { type: 'boolean', help: 'every parked delivery' },
    force: { type: 'boolean', help: 'also messages that a later one of the same user superseded' },
  },
  run: async ({ values: { id, user, all = false, force = false }, print, ...command }) => {
    const { dry } = command;
    if ([id !== undefined, user !== undefined, all].filter(Boolean).length !== 1) {
      throw new UsageError('Exactly one of --id, --user and --all is needed');
    }
    if (id !== undefined && !/^\d{1,15}$/.test(id)) throw new UsageError('--id takes a number');
    const { orm: db } = command.open();
    const which = await whichOf(db, id, user);
    const redriven = await redrive(db, { which, force, dry });
    if (id !== undefined && redriven.length === 0) throw new OperatorError(`No delivery ${id} is parked.`);
    print(...formatRedriven(redriven, dry));
  },
});

async function whichOf(db: Queryable, id: string | undefined, who: string | undefined): Promise<Which> {
  if (id !== undefined) return { deliveryId: Number(id) };
  if (who === undefined) return 'all';
  const found = await findSubjects(db, who);
  if (found.length === 0) throw new OperatorError('Nobody is known by that id or e-mail.');
  return { userIds: found.flatMap(({ user }) => (user === null ? [] : [user.userId])) };
}
