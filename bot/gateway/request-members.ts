import type { Logger } from '@moddy/runtime/log';
import type { Client } from 'discord.js';

/**
 * Asks the gateway for all members, so that the first change of each one's roles has a diff. The answer passes by as raw
 * dispatches; without it, changes are told without a diff.
 */
export async function requestMembers(client: Client, guildId: string, log: Logger): Promise<void> {
  try {
    const guild = await client.guilds.fetch(guildId);
    const members = await guild.members.fetch();
    log.info('the members are known', { guildId, count: members.size });
  } catch (error) {
    log.warn('the members are not known yet; role changes are told without what changed', { guildId, error });
  }
}
