import { GatewayCloseCodes } from 'discord.js';

/** Why a session with the gateway ended. */
export interface GatewayFault {
  /** In plain words: the problem, and how to fix it. */
  readonly detail: string;
  /** Only an operator can fix it; asking again soon is useless. */
  readonly needsOperator: boolean;
  /** Not before this, also with a shorter back-off. */
  readonly retryInMs?: number;
}

/** After these Discord accepts no reconnection (Discord docs, "Gateway Close Event Codes"). */
const byCloseCode: Readonly<Record<number, string>> = {
  [GatewayCloseCodes.AuthenticationFailed]:
    'Discord refuses the bot token: set DISCORD_TOKEN to the one of the application page (Bot, Reset Token)',
  [GatewayCloseCodes.InvalidShard]: 'Discord does not know this shard: this bot is older than the API it calls',
  [GatewayCloseCodes.DisallowedIntents]:
    'Discord refuses the intents: switch on "Server Members Intent" on the application page (Bot, Privileged Gateway Intents)',
  [GatewayCloseCodes.InvalidIntents]: 'Discord does not know the intents: this bot is older than the API it calls',
  [GatewayCloseCodes.InvalidAPIVersion]: 'Discord no longer serves this API version: update discord.js',
  [GatewayCloseCodes.ShardingRequired]: 'Discord wants this bot sharded: it is in too many servers for one process',
};

export const faultOfClose = (code: number): GatewayFault => ({
  detail: byCloseCode[code] ?? `the gateway closed the connection (${code})`,
  needsOperator: code in byCloseCode,
});

/** The cause of a broken connection, in plain words. @param error the socket's, if it had one. */
export function causeOf(closeCode: number, error: Error | undefined): string {
  if (error === undefined) {
    return closeCode === 1_006 ? 'the connection broke' : `the gateway closed the connection (${closeCode})`;
  }
  // `ws` reports the status of a failed handshake only in its message.
  const status = /^Unexpected server response: (\d+)$/.exec(error.message)?.[1];
  if (status !== undefined) return `the edge answers ${status} instead of opening a connection`;
  if (error.message === 'Opening handshake has timed out') return 'the gateway does not answer';
  const code = 'code' in error && typeof error.code === 'string' ? error.code : error.name;
  return code === 'ENOTFOUND' || code === 'EAI_AGAIN'
    ? `the name of the gateway does not resolve (${code})`
    : `the connection failed (${code})`;
}
