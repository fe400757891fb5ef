import { examineClock } from '@moddy/runtime/doctor/clock';
import { type Finding, well, wrong } from '@moddy/runtime/doctor/finding';
import { probe } from '@moddy/runtime/doctor/probe';
import { RetryLater } from '@moddy/runtime/errors';
import { createLogger } from '@moddy/runtime/log';
import { type APIApplication, ApplicationFlags } from 'discord.js';
import type { BotConfig } from '../config.ts';
import { isUnauthorized, rejectionOf } from '../discord/faults.ts';
import { createGuild, type GuildReading } from '../discord/guild.ts';
import { createDiscordRest, type DiscordRest } from '../discord/rest.ts';
import { rejectionOfRole } from '../discord/role-rules.ts';
import { TIMINGS } from '../timings.ts';

/** The bot does not know whether the backend uses it. */
const NO_INVITE = 'not Create Invite, which JOIN_ON_LOGIN of the backend needs';
const SWITCH_ON_MEMBERS = "switch on Server Members Intent on the application's Bot page";
/** As many as Discord lists in one call (Discord docs, "List Guild Members"). */
const PAGE_SIZE = 1_000;
const MAX_PAGES = 100;
const MEMBERS = ApplicationFlags.GatewayGuildMembers | ApplicationFlags.GatewayGuildMembersLimited;

/** Token, intents, guild, permission, and whether every plan's roles can be given. */
export async function examineDiscord(config: BotConfig): Promise<readonly Finding[]> {
  const rest = createDiscordRest(config, { ...TIMINGS, discordTimeoutMs: 4_000 }, createLogger('silent', 'doctor'));
  try {
    const gateway = await probe(`${config.discordApiUrl}/v10/gateway`);
    if ('failure' in gateway) {
      return [
        wrong(
          'discord',
          `no answer (${gateway.failure})`,
          'is the way out of the network open, is DISCORD_API_URL unset? discordstatus.com',
        ),
      ];
    }
    const application = await rest.call((api) => api.applications.getCurrent());
    return [
      well('bot token', `of the application ${application.id}`),
      ...examineClock('Discord', gateway.date),
      ((application.flags ?? 0) & MEMBERS) === 0
        ? wrong('intents', 'Server Members is off', SWITCH_ON_MEMBERS)
        : well('intents', 'Server Members is on'),
      examineInteractions(config, application),
      ...(await examineGuild(config, rest)),
    ];
  } catch (error) {
    if (isUnauthorized(error) || rest.rejectedSince !== undefined) {
      return [
        wrong(
          'bot token',
          'Discord rejects it',
          "set DISCORD_TOKEN to the one of the application's Bot page (Reset Token shows a new one)",
        ),
      ];
    }
    return [wrong('discord', 'no usable answer', 'try again in a minute; discordstatus.com')];
  } finally {
    rest.stop();
  }
}

/** Discord sends interactions to the endpoint of the application page if it has one, and else over the gateway. */
function examineInteractions({ discordPublicKey }: BotConfig, application: APIApplication): Finding {
  const { interactions_endpoint_url: url, verify_key: publicKey } = application;
  const name = 'commands';
  const page = "on the application's General Information page";
  if (discordPublicKey === undefined) {
    if (!url) return well(name, 'come over the gateway');
    const cure = `empty Interactions Endpoint URL ${page}, or set DISCORD_PUBLIC_KEY to answer them over HTTP`;
    return wrong(name, `Discord sends them to ${url}, and the bot expects them over the gateway`, cure);
  }
  if (discordPublicKey.toLowerCase() !== publicKey) {
    const cure = `set DISCORD_PUBLIC_KEY to Public Key ${page}`;
    return wrong(name, 'DISCORD_PUBLIC_KEY is of another application: every command is rejected', cure);
  }
  if (url) return well(name, `come to ${url}`);
  const cure = `set Interactions Endpoint URL ${page} to https://<public domain>/interactions, or unset DISCORD_PUBLIC_KEY`;
  return wrong(name, 'Discord sends them over the gateway, and the bot expects them at /interactions', cure);
}

async function examineGuild(config: BotConfig, rest: DiscordRest): Promise<readonly Finding[]> {
  let guild: GuildReading;
  try {
    guild = await createGuild(rest, config.guildId, TIMINGS).read(0);
  } catch (error) {
    if (rejectionOf(error) === undefined) throw error;
    return [
      wrong(
        'guild',
        `the bot is not in the guild ${config.guildId}`,
        'invite the bot to the server, or correct DISCORD_GUILD_ID',
      ),
    ];
  }
  return [
    well('guild', config.guildId),
    guild.isTimedOut
      ? wrong('permissions', 'the bot is timed out', "remove the timeout from the bot in the server's list of members")
      : guild.mayManageRoles
        ? well('permissions', guild.mayInvite ? 'Manage Roles, Create Invite' : `Manage Roles; ${NO_INVITE}`)
        : wrong('permissions', 'the bot lacks Manage Roles', 'give a role of the bot the permission Manage Roles'),
    ...(config.retiredRoles.length === 0 ? [] : [await examineRetiredRoles(config, rest)]),
    ...[...config.planRoles].flatMap(([plan, ids]) => ids.map((id) => examineRole(plan, id, guild))),
  ];
}

/** A role that a plan once had still opens its channels to each member who holds it. */
async function examineRetiredRoles({ guildId, retiredRoles }: BotConfig, rest: DiscordRest): Promise<Finding> {
  const name = 'retired roles';
  const holders = new Map(retiredRoles.map((roleId) => [roleId, 0]));
  let after = '0';
  let seen = 0;
  let isWhole = false;
  try {
    for (let page = 0; page < MAX_PAGES && !isWhole; page += 1) {
      const query = { limit: PAGE_SIZE, after };
      const members = await rest.call((api) => api.guilds.getMembers(guildId, query));
      for (const { user, roles } of members) {
        if (user.bot === true) continue;
        for (const roleId of roles) {
          const count = holders.get(roleId);
          if (count !== undefined) holders.set(roleId, count + 1);
        }
      }
      seen += members.length;
      after = members.at(-1)?.user.id ?? after;
      isWhole = members.length < PAGE_SIZE;
    }
  } catch (error) {
    if (rejectionOf(error) !== undefined) return wrong(name, 'Discord does not list the members', SWITCH_ON_MEMBERS);
    // Discord limits how fast a large server is listed; the doctor does not wait for it.
    if (!(error instanceof RetryLater) || seen === 0) throw error;
  }
  const held = [...holders].filter(([, count]) => count > 0);
  if (held.length === 0) {
    const who = isWhole ? 'no member holds' : `none of the first ${seen} members holds`;
    return well(name, `${who} a role of PLAN_ROLES_RETIRED any more${isWhole ? '' : '; `make audit` lists all'}`);
  }
  return wrong(
    name,
    `${held.map(([roleId, count]) => `${roleId} is held by ${isWhole ? '' : 'at least '}${count}`).join(', ')}`,
    'subscribers lose it within a day, when their roles are sent again; `make audit SWEEP=1` removes it from everyone else',
  );
}

function examineRole(plan: string, roleId: string, guild: GuildReading): Finding {
  const name = `role of ${plan}`;
  const role = guild.roles.get(roleId);
  if (role === undefined)
    return wrong(
      name,
      `${roleId} does not exist`,
      'correct PLAN_ROLES: copy the role id from the server settings; an id that was replaced goes into PLAN_ROLES_RETIRED',
    );
  const rejection = rejectionOfRole(role, 'add', guild);
  if (rejection === undefined) return well(name, role.name);
  const cure =
    rejection.reason === 'role_refused'
      ? 'give the plan a role of its own, without such permissions, in PLAN_ROLES'
      : "drag the bot's role above it in the server's role list, and allow Manage Roles";
  return wrong(name, rejection.why, cure);
}
