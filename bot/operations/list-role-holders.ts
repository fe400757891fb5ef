import { PermissionFlagsBits } from 'discord.js';
import type { BotHandler } from '../context.ts';
import { rejectionOf } from '../discord/faults.ts';
import { withDiscordDeadline } from '../discord/rest.ts';
import { atMostGreatest } from '../discord/snowflake.ts';

/** As many as Discord lists in one call (Discord docs, "List Guild Members"). */
const PAGE_SIZE = 1_000;

const REJECTED = {
  guild_unavailable: 'The bot has no access to the server',
  missing_intent: "The bot's Server Members Intent is switched off in the developer portal",
} as const;

export const listRoleHolders: BotHandler<'listRoleHolders'> = async ({ parameters, context, requestId, reply }) => {
  const { config, rest, timings, log } = context;
  const planRoles = new Set([...config.planRoles.values(), config.retiredRoles].flat());
  const after = atMostGreatest(parameters.query?.after ?? '0');
  const reject = (reason: keyof typeof REJECTED) => {
    log.warn('role holders not listed', { requestId, reason });
    return reply(200, { success: false, message: REJECTED[reason], reason });
  };

  return withDiscordDeadline(timings.handlerDeadlineMs, async (signal) => {
    const server = await unlessUnavailable(rest.call((api) => api.guilds.get(config.guildId, {}, { signal })));
    if (server === undefined) return reject('guild_unavailable');
    // The server is there, so Discord denies the list itself.
    const query = { limit: PAGE_SIZE, after };
    const members = await unlessUnavailable(
      rest.call((api) => api.guilds.getMembers(config.guildId, query, { signal })),
    );
    if (members === undefined) return reject('missing_intent');

    const administration = new Set(
      server.roles.filter((role) => (BigInt(role.permissions) & PermissionFlagsBits.Administrator) !== 0n).map(idOf),
    );
    const holders = members.flatMap(({ user, roles }) => {
      const held = roles.filter((roleId) => planRoles.has(roleId));
      if (held.length === 0 || user.bot === true) return [];
      const administrator = user.id === server.owner_id || roles.some((roleId) => administration.has(roleId));
      return [{ discord_id: user.id, roles: held, administrator }];
    });
    const last = members.at(-1)?.user.id;
    const next = members.length === PAGE_SIZE && last !== undefined ? last : null;
    return reply(200, { success: true, message: 'One page of members', guild_id: config.guildId, holders, next });
  });
};

const idOf = ({ id }: { readonly id: string }) => id;

async function unlessUnavailable<Result>(answer: Promise<Result>): Promise<Result | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (rejectionOf(error) === 'guild_unavailable') return undefined;
    throw error;
  }
}
