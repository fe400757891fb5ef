import { revokeGrants } from '../../billing/grants.ts';
import { openGrants } from '../../billing/stored.ts';
import { OperatorError, runCommand, UsageError } from '../command.ts';
import { readStripeDeps } from '../command-deps.ts';
import { findSubjects } from '../find-subject.ts';
import { NOTHING_CHANGED } from '../format-comparison.ts';

await runCommand({
  name: 'revoke',
  about: 'Ends the grants of a user now; their subscriptions stay.',
  options: { user: { type: 'string', help: 'Discord id, Stripe customer id, e-mail or user id' } },
  run: async ({ values: { user: who }, print, ...command }) => {
    if (who === undefined) throw new UsageError('--user is required');
    const deps = readStripeDeps(command.variables);
    const { orm: db } = command.open();
    const found = (await findSubjects(db, who)).flatMap(({ user }) => user ?? []);
    const [user, ...others] = found;
    if (user === undefined) throw new OperatorError('Nobody is known by that id or e-mail.');
    if (others.length > 0) throw new OperatorError('Several users have this e-mail; name one by their Discord id.');
    if (command.dry) {
      const open = await openGrants(db, [user.userId], deps.now());
      print(`${open.get(user.userId)?.length ?? 0} grants of Discord user ${user.discordId} would end.`);
      print(NOTHING_CHANGED);
      return;
    }
    const { count, plan } = await revokeGrants({ ...deps, db }, user.userId);
    if (count === 0) throw new OperatorError(`Discord user ${user.discordId} has no grant.`);
    print(`${count} ended: Discord user ${user.discordId} has plan ${plan} now.`);
  },
});
