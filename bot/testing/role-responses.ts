import { GUILD, MEMBER } from './start-test-bot.ts';

/** The answer to a role update that was done. */
export const done = (added: string[], removed: string[]) => ({
  success: true,
  message: 'Roles updated successfully',
  roles_updated: true,
  guild_id: GUILD,
  added,
  removed,
  failed: [],
});

/** The answer to one that never will be, as far as every such answer has it. */
export const rejected = (reason: string, message: string) => ({
  success: false,
  message,
  roles_updated: false,
  guild_id: GUILD,
  reason,
});

export const planRoles = (roles: object) => ({ environment: { PLAN_ROLES: JSON.stringify(roles) } });

/** The requests to Discord for a member's roles, as patterns of its faults. */
export const PUT_ROLE = { method: 'PUT', path: '/guilds/:guild/members/:user/roles/:role' };
export const DELETE_ROLE = { method: 'DELETE', path: '/guilds/:guild/members/:user/roles/:role' };
export const GET_MEMBER = { method: 'GET', path: `/guilds/:guild/members/${MEMBER}` };
