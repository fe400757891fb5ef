import { Client, GatewayIntentBits, Options } from 'discord.js';
import type { BotConfig } from '../config.ts';
import type { Timings } from '../timings.ts';

/**
 * discord.js's client for the gateway alone: least intents, no caches (what the bot needs of the past it remembers
 * itself), and a REST of its own for the login, so that a refused login does not take the handlers' token along.
 */
export function buildClient({ discordApiUrl, logMessages }: BotConfig, { discordTimeoutMs }: Timings): Client {
  const intents = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMembers];
  if (logMessages) intents.push(GatewayIntentBits.GuildMessages);
  return new Client({
    intents,
    rest: { api: discordApiUrl, version: '10', timeout: discordTimeoutMs, retries: 1 },
    makeCache: Options.cacheWithLimits({
      GuildMemberManager: { maxSize: 0, keepOverLimit: (member) => member.id === member.client.user.id },
      MessageManager: 0,
      PresenceManager: 0,
      ReactionManager: 0,
      ThreadMemberManager: 0,
      UserManager: { maxSize: 0, keepOverLimit: (user) => user.id === user.client.user.id },
      VoiceStateManager: 0,
    }),
  });
}
