import type { BotHandler } from '../context.ts';
import { codeOf, type DiscordRejection, Forbidden, rejectionOf } from '../discord/faults.ts';
import { withDiscordDeadline } from '../discord/rest.ts';
import { couldExist } from '../discord/snowflake.ts';

const REJECTED = {
  banned: 'The user is banned from the server',
  guild_full: 'The server has as many members as Discord allows',
  too_many_guilds: 'The user is in as many servers as Discord allows',
  token_rejected: 'Discord does not accept the access token for joining',
  unknown_user: 'There is no such Discord user',
  missing_permissions: 'The bot lacks the permission Create Invite',
  guild_unavailable: 'The bot has no access to the server',
} as const;
type Rejection = keyof typeof REJECTED;

/** The codes with a meaning for this call alone (Discord docs, "Opcodes and Status Codes"). */
const byCode: Readonly<Record<number, Rejection>> = {
  30001: 'too_many_guilds',
  30019: 'guild_full',
  40007: 'banned',
  40012: 'token_rejected',
  50025: 'token_rejected',
  50026: 'token_rejected',
  // "Access to joining new servers has been limited for this user".
  340015: 'too_many_guilds',
};

export const addMember: BotHandler<'addMember'> = async ({ body, context, requestId, reply }) => {
  const { config, rest, timings, log } = context;
  const { discord_id: discordId, access_token: accessToken } = body;
  const verdict = couldExist(discordId) ? await join() : 'unknown_user';
  log.info('member added', { requestId, discordId, outcome: verdict });
  if (verdict === 'member') {
    const message = 'The user is a member';
    return reply(200, { success: true, message, member_added: true, guild_id: config.guildId });
  }
  return reply(200, { success: false, message: REJECTED[verdict], member_added: false, reason: verdict });

  async function join(): Promise<'member' | Rejection> {
    try {
      await withDiscordDeadline(timings.handlerDeadlineMs, (signal) =>
        rest.call(async (api) => {
          await api.guilds.addMember(config.guildId, discordId, { access_token: accessToken }, { signal });
        }),
      );
      return 'member';
    } catch (error) {
      const rejection =
        byCode[codeOf(error) ?? 0] ?? (error instanceof Forbidden ? 'missing_permissions' : rejectionOf(error));
      if (!isRejection(rejection)) throw error;
      return rejection;
    }
  }
};

const isRejection = (rejection: Rejection | DiscordRejection | undefined): rejection is Rejection =>
  rejection !== undefined && Object.hasOwn(REJECTED, rejection);
