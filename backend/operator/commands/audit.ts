import { createBotClient } from '@moddy/generated/bot-internal/client';
import { Environment } from '@moddy/runtime/config';
import { AuditUnavailable, auditRoles, sweepRoles, tooMany } from '../../reconciliation/audit-roles.ts';
import { OperatorError, runCommand, UsageError } from '../command.ts';
import { NOTHING_CHANGED } from '../format-comparison.ts';

await runCommand({
  name: 'audit',
  about: "Lists the members who hold a plan's role without having a plan.",
  options: {
    sweep: { type: 'boolean', help: 'remove their roles; administrators keep theirs' },
    force: { type: 'boolean', help: 'with --sweep: also if more than 20 members and 5 % of the holders lose a role' },
  },
  run: async ({ values: { sweep = false, force = false }, print, signal, ...command }) => {
    if (force && !sweep) throw new UsageError('--force needs --sweep');
    const env = new Environment(command.variables);
    const bot = createBotClient(
      env.done({
        baseUrl: env.url('BOT_INTERNAL_URL', 'http://moddy.railway.internal:3000', { schemes: ['http:'] }),
        secret: env.required('INTERNAL_API_SECRET', 'the secret that bot and backend share'),
        previousSecret: env.optionalSecret('INTERNAL_API_SECRET_PREVIOUS'),
      }),
    );
    const { orm: db } = command.open();
    const audit = await auditRoles({ db, bot, signal }).catch((error: unknown) => {
      throw error instanceof AuditUnavailable ? new OperatorError(`${error.message}. Nothing was done.`) : error;
    });
    for (const { discordId, roles, administrator } of audit.unpaid) {
      print(`${discordId}: ${roles.join(', ')}${administrator ? ' (an administrator: keeps them)' : ''}`);
    }
    print(`${audit.holders} members hold a plan's role, ${audit.unpaid.length} of them without a plan.`);
    if (!sweep) return;
    const stopped = force ? undefined : tooMany(audit);
    if (stopped !== undefined) throw new OperatorError(`${stopped}. Nothing was done; --force does it.`);
    if (command.dry) {
      print(NOTHING_CHANGED);
      return;
    }
    print(
      `${await sweepRoles(db, audit.unpaid, signal)} updates of roles are pending; the running service sends them.`,
    );
  },
});
