import { type SandboxDiscord, startDiscord } from '@moddy/sandbox/discord/start-discord';
import { OLD_PLAN_ROLE_ID } from '@moddy/sandbox/discord/world/seed';

/** A local Discord whose roles are called after the plans that they stand for here. */
export async function startLocalDiscord(port?: number): Promise<SandboxDiscord> {
  const discord = await startDiscord(port === undefined ? {} : { port });
  discord.editRole(OLD_PLAN_ROLE_ID, { name: 'Moddy Pro' });
  return discord;
}
