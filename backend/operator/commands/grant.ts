import { userInfo } from 'node:os';
import { GrantRejected, giveGrant } from '../../billing/grants.ts';
import { isDiscordId } from '../../billing/ownership.ts';
import { OperatorError, runCommand, UsageError } from '../command.ts';
import { readStripeDeps } from '../command-deps.ts';
import { NOTHING_CHANGED } from '../format-comparison.ts';

const LONGEST_MS = 10 * 366 * 24 * 60 * 60 * 1_000;

await runCommand({
  name: 'grant',
  about: 'Gives a plan to a user without a subscription, until a day.',
  options: {
    user: { type: 'string', help: 'Discord id' },
    plan: { type: 'string', help: 'a plan of PLAN_PRICES' },
    until: { type: 'string', help: 'the last day, 2027-01-31, in UTC' },
    reason: { type: 'string', help: 'why: shown by trace and grants, and to the user in the export of their data' },
    author: { type: 'string', help: 'who gives it, unless it is the account this runs under' },
  },
  run: async ({ values: { user, plan, until, reason, author = userInfo().username }, print, ...command }) => {
    if (user === undefined || !isDiscordId(user)) throw new UsageError('--user takes a Discord id');
    if (plan === undefined) throw new UsageError('--plan is required');
    if (reason === undefined) throw new UsageError('--reason is required');
    for (const [name, text] of Object.entries({ reason, author }))
      if (!/^.{1,200}$/u.test(text)) throw new UsageError(`--${name} takes one line of up to 200 characters`);
    const endsAt = endOf(until);
    const deps = readStripeDeps(command.variables);
    const { plans } = deps.rules;
    if (!plans.has(plan)) throw new OperatorError(`${plan} is not a plan of PLAN_PRICES. Nothing was done.`);
    const { orm: db } = command.open();
    if (command.dry) {
      print(`Discord user ${user} would get ${plan} until ${endsAt.toISOString()}.`);
      print(NOTHING_CHANGED);
      return;
    }
    const given = await giveGrant({ ...deps, db }, user, { plan, endsAt, author, reason }).catch((error: unknown) => {
      throw error instanceof GrantRejected ? new OperatorError(`${error.message} Nothing was done.`) : error;
    });
    print(`Grant ${given.grantId}: Discord user ${user} has ${plan} until ${endsAt.toISOString()}.`);
    if (given.plan !== plan) print(`Their plan stays ${given.plan}, which is higher.`);
  },
});

/** The end of a day, in UTC. */
function endOf(until: string | undefined): Date {
  const end = new Date(`${until}T23:59:59.999Z`);
  if (until === undefined || !/^\d{4}-\d\d-\d\d$/.test(until) || Number.isNaN(end.getTime()))
    throw new UsageError('--until takes a day like 2027-01-31');
  if (!end.toISOString().startsWith(until)) throw new UsageError(`--until: there is no day ${until}`);
  const aheadMs = end.getTime() - Date.now();
  if (aheadMs <= 0) throw new UsageError('--until is in the past');
  if (aheadMs > LONGEST_MS) throw new UsageError('--until is more than ten years ahead');
  return end;
}
