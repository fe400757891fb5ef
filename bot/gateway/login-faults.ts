import { DiscordAPIError, GatewayCloseCodes } from 'discord.js';

/** Why a connection to the gateway ended for good. */
export interface LoginFault {
  /** In plain words: what is wrong and what to switch on. */
  readonly detail: string;
  /** Only a person can mend it; asking again soon is useless. */
  readonly needsOperator: boolean;
}

const byCloseCode: Readonly<Record<number, string>> = {
  [GatewayCloseCodes.AuthenticationFailed]:
    'Discord refuses the bot token: set DISCORD_TOKEN to the one of the application page (Bot, Reset Token)',
  [GatewayCloseCodes.DisallowedIntents]:
    'Discord refuses the intents: switch on "Server Members Intent" on the application page (Bot, Privileged Gateway Intents)',
  [GatewayCloseCodes.InvalidIntents]: 'Discord does not know the intents: this bot is older than the API it calls',
  [GatewayCloseCodes.InvalidAPIVersion]: 'Discord no longer serves this API version: update discord.js',
  [GatewayCloseCodes.ShardingRequired]: 'Discord wants this bot sharded: it is in too many servers for one process',
};

export const faultOfClose = (code: number): LoginFault => ({
  detail: byCloseCode[code] ?? `the gateway closed with ${code} for good`,
  needsOperator: code in byCloseCode,
});

export function faultOfLogin(error: unknown): LoginFault {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  // discord.js's own error for a 401 to GET /gateway/bot.
  if (code === 'TokenInvalid' || (error instanceof DiscordAPIError && error.status === 401)) {
    return faultOfClose(GatewayCloseCodes.AuthenticationFailed);
  }
  return { detail: 'the gateway is not reachable', needsOperator: false };
}
