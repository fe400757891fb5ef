import type { Customer, deliveries, jobs, reversals } from '../database/schema.ts';
import { hasCode, isUnavailable } from '../database/unavailable.ts';

/*
 * The reasons why work waits for an operator, each with its cure, in words that need no knowledge of the code. The same
 * reasons stand in docs/operations.md.
 */

export function cureOfCustomer({ customerId, parkedReason, parkedDetail }: Customer): string {
  switch (parkedReason) {
    case 'unknown_price':
      return parkedDetail === 'PLAN_PRICES is empty'
        ? 'PLAN_PRICES is empty: name your plans and their prices there and restart'
        : `${parkedDetail}: add it to its plan there and restart`;
    case 'no_discord_id':
      return (
        `nobody is linked to it: set the metadata discord_id of the customer or subscription at Stripe, or run ` +
        `sync --user ${customerId} --discord-id <Discord id>; if it never will be, parked --acknowledge ${customerId}`
      );
    case 'other_account_or_mode':
      return (
        `${parkedDetail}: set the key (and webhook secret) it belongs to and restart, or delete the webhook ` +
        `endpoint that sends events of the other account or mode here, then parked --acknowledge ${customerId}`
      );
    case 'key_lacks_right':
      return `${parkedDetail}: the doctor names every right the key needs; add it at Stripe and restart`;
    default:
      return parkedDetail ?? 'unknown reason';
  }
}

export function cureOfDelivery({ deliveryId, outcome, detail, kind }: typeof deliveries.$inferSelect): string {
  const again = `redrive --id ${deliveryId}`;
  const giveUp = `or give it up: parked --acknowledge delivery-${deliveryId}`;
  switch (outcome) {
    case 'rejected':
      return `the bot rejected it as wrong (${detail}): fix that (both services of the same version?), then ${again}, ${giveUp}`;
    case 'failed':
      return `the bot failed at it again and again (${detail}): find the error in the bot's log, then ${again}, ${giveUp}`;
    case 'expired':
      return `it waited more than 72 hours: ${again} if the user should still get this ${kind === 'notify' ? 'message' : 'role'}, ${giveUp}`;
    default:
      return `${outcome ?? 'unknown reason'} (${detail ?? 'no detail'}): then ${again}, ${giveUp}`;
  }
}

export function cureOfRefund({
  reversalId,
  kind,
  outcome,
  detail,
  subscriptionId,
}: typeof reversals.$inferSelect): string {
  const seen = `parked --acknowledge ${reversalId}`;
  switch (outcome) {
    case 'needs_attention': {
      const answer = kind.startsWith('dispute') ? "answer it in Stripe's dashboard before its deadline, " : '';
      return `${detail} (${subscriptionId ?? 'no subscription'}): ${answer}end it at Stripe if it should end, then ${seen}`;
    }
    case 'other_account_or_mode':
      return `${detail}: set the key it belongs to and restart, or ${seen}`;
    default:
      return `Stripe rejected our calls (${detail}): fix that (doctor names every right the key needs) and restart, or settle it at Stripe and ${seen}`;
  }
}

/** By the bot's verdict; the roles are sent again by themselves once its health is well. */
export function cureOfRoles(reason: string): string {
  switch (reason) {
    case 'missing_permissions':
      return "drag the bot's role above the plan's roles, and let it manage roles";
    case 'role_misconfigured':
      return 'the role of PLAN_ROLES does not exist in the server: correct PLAN_ROLES of the bot and restart it';
    case 'role_refused':
      return 'a role with administration or moderation permissions is never given: use another role in PLAN_ROLES';
    case 'unknown_plan':
      return 'add the plan to PLAN_ROLES of the bot and restart it';
    case 'guild_unavailable':
      return 'invite the bot to the server again, and check DISCORD_GUILD_ID';
    default:
      return "some roles could not be changed: the detail names them; check the bot's place in the list of roles";
  }
}

export const cureOfSync = ({ failures, retryAt }: Customer): string =>
  `failed ${failures} times${retryAt === null ? '' : `, again at ${retryAt.toISOString()}`}: the log line "sync failed" ` +
  'says why; nothing is lost, and it goes on by itself';

export function cureOfJob({ name, outcome }: typeof jobs.$inferSelect): string {
  if (name === 'audit') return `${outcome}: audit lists them, audit --sweep removes the roles`;
  if (name === 'erase') {
    return (
      `${outcome}: their subscriptions may still be billed. Give STRIPE_API_KEY the right it lacks (403), or the bot its ` +
      'rank; a customer that our key does not see is looked up with the key it belongs to, then parked --acknowledge; ' +
      'it goes on by itself within a minute'
    );
  }
  return (
    `${outcome}: is it the right STRIPE_API_KEY? Compare with ${name} --dry; if all of it is true, ${name} --force. ` +
    'An account whose subscribers are not known yet needs import first'
  );
}

export const cureOfLateJob = ({ finishedAt }: typeof jobs.$inferSelect): string =>
  `${finishedAt === null ? 'has never finished' : `has not finished since ${finishedAt.toISOString()}`}: ` +
  'the log line "job failed" says why';

/** By the name of a check of health, and `attention`. */
export const CURES_OF_CHECKS: Readonly<Record<string, string>> = {
  database:
    'Check the page of the database: is it running, read-only or full? Stripe repeats payments, and nothing is lost.',
  bot: 'Compare INTERNAL_API_SECRET of both services, and see whether the bot runs (`make doctor`: peer, same secret); deliveries wait.',
  deliveries: 'Unset DELIVERIES_PAUSED and restart.',
  webhook:
    'Copy the signing secret of the endpoint at Stripe into STRIPE_WEBHOOK_SECRET and restart; Stripe repeats what was rejected.',
  roles: '`make parked` names the members and the cure; the roles are sent again within 30 s of it.',
  plans: 'Set PLAN_PRICES and restart.',
  customers: '`make parked` names each customer and the cure.',
  syncs: '`make parked` names them; the log line "sync failed" says why.',
  parked: '`make parked` says why, then `make redrive`.',
  refunds: '`make parked` says why.',
  jobs: '`make parked` says why; the log line "job failed" has the cause.',
  contract: 'Deploy both services from one commit.',
  attention: '`make parked` lists them; a dispute has a deadline at Stripe.',
};

/** The words that complete "The database is …", and the cure, by SQLSTATE or Node's code for a certificate. */
const DATABASE_FAULTS: readonly (readonly [code: RegExp, detail: string, cure: string])[] = [
  [/^25006$/, 'read-only', "is ADDRESS that of a standby? After a failover take the new primary's"],
  [/^53100$/, 'full', 'make room on its disk: nothing can be stored'],
  [/^53300$/, 'out of connections', 'end other programs that use it, or raise max_connections'],
  [
    /^28/,
    'closed to this user',
    'correct user and password in ADDRESS; special characters of a password are written percent-encoded',
  ],
  [/^3D000$/, 'not on this server', 'correct the name at the end of ADDRESS, or create the database'],
  [/^42501$/, 'not fully open to this user', 'the user of ADDRESS has to own the database and its tables'],
  [/^42(?:P01|703|704)$/, 'of another version than this program', 'make migrate brings it up to date'],
  [
    /CERT|^UNABLE_TO_/,
    'not trusted',
    'its certificate is not signed for this name; on a private network append ?sslmode=no-verify to ADDRESS',
  ],
];

/** The fault of the database and its cure; undefined for an error that has another cause. */
export function databaseFault(error: unknown, variable: string): { detail: string; cure: string } | undefined {
  const found = DATABASE_FAULTS.find(([code]) => hasCode(error, code));
  if (found) return { detail: found[1], cure: found[2].replace('ADDRESS', variable) };
  for (let at = error; at instanceof Error; at = at.cause) {
    if (at.message.includes('does not support SSL'))
      return { detail: 'without TLS', cure: `take sslmode out of ${variable}` };
  }
  if (!isUnavailable(error)) return undefined;
  return { detail: 'not reachable', cure: `is ${variable} right, and is it running?` };
}
