import type { BotHandler } from '../context.ts';
import { type AppliedChanges, roleChangesOf } from '../discord/apply-changes.ts';
import { couldExist } from '../discord/snowflake.ts';
import { planName } from '../messages/plan-name.ts';

const REJECTED = {
  unknown_plan: 'The plan is not in PLAN_ROLES; nothing was changed',
  superseded: 'A newer revision of this member was applied already',
  not_in_guild: 'The user is not a member of the server',
  unknown_user: 'There is no such Discord user',
  guild_unavailable: 'The bot has no access to the server',
  pending: 'The member has not passed the membership screening yet',
} as const;

export const updateUserRole: BotHandler<'updateUserRole'> = async ({ body, context, requestId, reply }) => {
  const { config, updateRoles, log } = context;
  const { discord_id: discordId, plan } = body;
  const guild = { guild_id: config.guildId };
  const reject = (reason: keyof typeof REJECTED) => {
    log.info('roles not updated', { requestId, discordId, reason });
    return reply(200, { success: false, message: REJECTED[reason], roles_updated: false, ...guild, reason });
  };

  const changes = roleChangesOf(body, config.planRoles, config.retiredRoles);
  if (changes === undefined) return reject('unknown_plan');
  if (!couldExist(discordId)) return reject('unknown_user');
  const auditReason = `Moddy: ${planName(plan) ?? 'no plan'}`;
  const result = await updateRoles({ discordId, changes, auditReason, revision: body.revision ?? undefined });
  if (result.outcome !== 'applied') return reject(result.outcome);

  const { added, removed, failed } = result.changes;
  if (failed.length > 0) {
    const reason = reasonOf(result.changes);
    log.warn('roles not updated', { requestId, discordId, reason, detail: failed.map(({ why }) => why) });
    return reply(200, {
      success: false,
      message: failed.map(({ why }) => why).join('; '),
      roles_updated: false,
      ...guild,
      reason,
      added,
      removed,
      failed: failed.map(({ roleId }) => roleId),
    });
  }
  log.info('roles updated', { requestId, discordId, count: added.length + removed.length });
  const done = { success: true, message: 'Roles updated successfully', roles_updated: true };
  return reply(200, { ...done, ...guild, added, removed, failed: [] });
};

function reasonOf({ added, removed, failed }: AppliedChanges) {
  return added.length + removed.length > 0 ? 'partial' : (failed[0]?.reason ?? 'partial');
}
