import { Environment } from '@moddy/runtime/config';
import { fetchFromStripe } from '../../billing/fetch-from-stripe.ts';
import { LinkConflict, linkCustomer, nameOwnerAtStripe } from '../../billing/link-customer.ts';
import { isDiscordId, readListed } from '../../billing/ownership.ts';
import { syncNow } from '../../billing/sync-now.ts';
import type { Queryable } from '../../database/database.ts';
import { isErased } from '../../database/lock-user.ts';
import { resyncRoles } from '../../outbox/resync.ts';
import { findDifferences } from '../../reconciliation/compare-page.ts';
import { OperatorError, runCommand, UsageError } from '../command.ts';
import { assertKnown, readStripeDeps } from '../command-deps.ts';
import { findSubjects, type Subject } from '../find-subject.ts';
import { formatDifference, NOTHING_CHANGED } from '../format-comparison.ts';
import { formatSynced } from '../format-synced.ts';
import { readStory } from '../read-story.ts';

await runCommand({
  name: 'sync',
  about:
    'Has the running service ask Stripe for the subscriptions of a user now, shows what changed, and sends the roles again.',
  options: {
    user: { type: 'string', help: 'Discord id, Stripe customer id (known or not), e-mail or user id' },
    'discord-id': { type: 'string', help: 'whose this Stripe customer is, if Stripe does not say' },
    force: {
      type: 'boolean',
      help: 'with --discord-id: also if it is another user’s, who then loses what it gave them; written to Stripe too',
    },
  },
  run: async ({ values: { user: who, 'discord-id': discordId, force = false }, print, signal, ...command }) => {
    const { variables, dry } = command;
    if (who === undefined) throw new UsageError('--user is required');
    if (discordId !== undefined && !isDiscordId(discordId)) throw new UsageError('--discord-id takes 1 to 20 digits');
    if (discordId !== undefined && !who.startsWith('cus_')) throw new UsageError('--discord-id needs --user cus_…');
    if (force && discordId === undefined) throw new UsageError('--force needs --discord-id');
    // --force computes the other user's remaining plan, and --dry compares with Stripe: both need the mode and the prices.
    const deps = force || dry ? readStripeDeps(variables) : undefined;
    const livemode = /^[sr]k_live_/.test(new Environment(variables).optional('STRIPE_API_KEY') ?? '');
    const { orm: db } = command.open();
    const before = await findSubjects(db, who);
    const knownIds = before.flatMap(({ customers }) => customers.map(({ customerId }) => customerId));
    const customerIds = who.startsWith('cus_') ? [who] : knownIds;
    if (customerIds.length === 0)
      throw new OperatorError('No Stripe customer is known for that id or e-mail; name it: --user cus_…');
    // A mistyped id would be parked, and no command could remove it.
    if (who.startsWith('cus_') && knownIds.length === 0) await assertKnown(variables, who);
    if (dry && deps) {
      const lines = discordId === undefined ? [] : describeLink(before, who, { discordId, force });
      print(...lines, ...(await compare(db, deps, customerIds)), NOTHING_CHANGED);
      return;
    }
    const stories = await Promise.all(before.map((subject) => readStory(db, subject)));
    if (discordId !== undefined) {
      const force = deps && { rules: deps.rules, now: deps.now() };
      const left = await linkCustomer(db, { customerId: who, discordId, livemode, force });
      if (left) print(`${who} is taken from Discord user ${left.discordId}, who has plan ${left.plan} now.`);
      // An import from a copy of the database reads it there.
      if (deps) await nameOwnerAtStripe({ ...deps, db, plans: deps.rules.plans }, who, discordId);
    }
    const outcome = await syncNow(db, { customerIds, livemode, signal });
    const subjects = await findSubjects(db, who);
    await resyncRoles(
      db,
      subjects.flatMap(({ user }) => user?.userId ?? []),
    );
    const after = await Promise.all(subjects.map((subject) => readStory(db, subject)));
    print(...formatSynced(outcome, stories, after));
    return outcome === 'done' ? 0 : 1;
  },
});

/** @throws {LinkConflict} as the link itself would. */
function describeLink(
  before: readonly Subject[],
  customerId: string,
  { discordId, force }: { readonly discordId: string; readonly force: boolean },
): readonly string[] {
  const [owner] = before.flatMap(({ user }) => user ?? []);
  if (owner === undefined || owner.discordId === discordId || isErased(owner))
    return [`${customerId} would be linked to Discord user ${discordId}.`];
  if (!force)
    throw new LinkConflict('owned', `${customerId} belongs to another user already (user id ${owner.userId}).`);
  return [`${customerId} would be taken from Discord user ${owner.discordId} and linked to ${discordId}.`];
}

/** The differences that a sync would find at Stripe. */
async function compare(
  db: Queryable,
  { stripe, rules, log }: ReturnType<typeof readStripeDeps>,
  customerIds: readonly string[],
): Promise<readonly string[]> {
  const found = await Promise.all(
    customerIds.map(async (customerId) => {
      const { subscriptions } = await fetchFromStripe(stripe, customerId);
      const listed = await readListed({ db, stripe, plans: rules.plans, log, dry: true }, subscriptions);
      return findDifferences(db, 'reconcile', subscriptions, listed);
    }),
  );
  const lines = found.flat().map(formatDifference);
  return lines.length > 0 ? lines : ['Stripe has what is stored.'];
}
