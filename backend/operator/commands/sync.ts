import { Environment } from '@moddy/runtime/config';
import { linkCustomer } from '../../billing/link-customer.ts';
import { isDiscordId } from '../../billing/ownership.ts';
import { syncNow } from '../../billing/sync-now.ts';
import { resyncRoles } from '../../outbox/resync-roles.ts';
import { runCommand } from '../command.ts';
import { assertKnown, readStripeDeps, withDatabase } from '../command-deps.ts';
import { OperatorError, UsageError } from '../errors.ts';
import { findSubjects } from '../find-subject.ts';
import { formatSynced } from '../format-synced.ts';
import { readStory } from '../read-story.ts';

await runCommand({
  name: 'sync',
  about:
    'Has the running service ask Stripe for somebody’s subscriptions now, says what changed, and sends the roles again.',
  options: {
    user: { type: 'string', help: 'Discord id, Stripe customer id (known or not), e-mail or user id' },
    'discord-id': { type: 'string', help: 'whose this Stripe customer is, if Stripe does not say' },
    force: {
      type: 'boolean',
      help: 'with --discord-id: also if it is somebody else’s, who then loses what it gave them',
    },
  },
  run: async ({ values: { user: who, 'discord-id': discordId, force = false }, variables, print, signal }) => {
    if (who === undefined) throw new UsageError('--user is required');
    if (discordId !== undefined && !isDiscordId(discordId)) throw new UsageError('--discord-id takes 1 to 20 digits');
    if (discordId !== undefined && !who.startsWith('cus_')) throw new UsageError('--discord-id needs --user cus_…');
    if (force && discordId === undefined) throw new UsageError('--force needs --discord-id');
    // What is left to the other user is judged here, by the mode and the prices of the service.
    const deps = force ? readStripeDeps(variables) : undefined;
    const livemode = /^[sr]k_live_/.test(new Environment(variables).optional('STRIPE_API_KEY') ?? '');
    return withDatabase(variables, async ({ orm: db }) => {
      const before = await findSubjects(db, who);
      const knownIds = before.flatMap(({ customers }) => customers.map(({ customerId }) => customerId));
      const customerIds = who.startsWith('cus_') ? [who] : knownIds;
      if (customerIds.length === 0)
        throw new OperatorError('No Stripe customer is known for that id or e-mail; name it: --user cus_…');
      // A mistyped id would be parked, and no command could remove it.
      if (who.startsWith('cus_') && knownIds.length === 0) await assertKnown(variables, who);
      const stories = await Promise.all(before.map((subject) => readStory(db, subject)));
      if (discordId !== undefined) {
        const force = deps && { rules: deps.rules, now: deps.now() };
        const left = await linkCustomer(db, { customerId: who, discordId, livemode, force });
        if (left) print(`${who} is taken from Discord user ${left.discordId}, who has plan ${left.plan} now.`);
      }
      const outcome = await syncNow(db, { customerIds, livemode, signal });
      const subjects = await findSubjects(db, who);
      await resyncRoles(
        db,
        subjects.flatMap(({ user }) => user?.userId ?? []),
      );
      const after = await Promise.all(subjects.map((subject) => readStory(db, subject)));
      for (const line of formatSynced(outcome, stories, after)) print(line);
      return outcome === 'done' ? 0 : 1;
    });
  },
});
