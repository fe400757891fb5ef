import { Environment, type Variables } from '@moddy/runtime/config';
import { LOG_LEVELS, type LogLevel } from '@moddy/runtime/log';
import { LOCALES, type Locale } from './messages/messages.ts';

export interface BotConfig {
  readonly production: boolean;
  readonly host: string;
  /** Open to the internet: `/healthz` and, with a public key, `/interactions`. */
  readonly publicPort: number;
  readonly internalPort: number;
  readonly secret: string;
  readonly previousSecret: string | undefined;
  readonly backendUrl: string;
  readonly discordToken: string;
  readonly discordApiUrl: string;
  /** Hex Ed25519 key; set: interactions come over HTTP instead of the gateway. */
  readonly discordPublicKey: string | undefined;
  readonly guildId: string;
  /** Plan → the ids of the roles that its subscribers have. */
  readonly planRoles: ReadonlyMap<string, readonly string[]>;
  /** Roles that plans had in the past: removed from members, never given. */
  readonly retiredRoles: readonly string[];
  readonly defaultLocale: Locale;
  readonly websiteUrl: string | undefined;
  /** Where a user who is not on the server joins. */
  readonly inviteUrl: string | undefined;
  readonly logMessages: boolean;
  readonly logLevel: LogLevel;
}

/** The plan of a user without a subscription. */
export const FREE_PLAN = 'free';
const SNOWFLAKE = /^[0-9]{1,20}$/;
const PUBLIC_KEY = /^[0-9a-f]{64}$/i;

/** @throws {ConfigError} with every fault of the environment. */
export function readConfig(variables: Variables): BotConfig {
  const environment = new Environment(variables);
  const guildId = environment.required('DISCORD_GUILD_ID', 'the id of the Discord server whose roles are kept');
  if (guildId !== '' && !SNOWFLAKE.test(guildId)) environment.fault('DISCORD_GUILD_ID', 'must be a Discord id', '');
  const discordPublicKey = environment.optional('DISCORD_PUBLIC_KEY');
  if (discordPublicKey !== undefined && !PUBLIC_KEY.test(discordPublicKey)) {
    environment.fault('DISCORD_PUBLIC_KEY', 'must be the 64 hex digits of the application page', '');
  }
  const planRoles = environment.lists('PLAN_ROLES', 'the role ids of every paid plan', SNOWFLAKE);
  if (planRoles.has(FREE_PLAN)) environment.fault('PLAN_ROLES', `must not have ${FREE_PLAN}: it has no roles`, '');
  if ([...planRoles.values()].some((roleIds) => roleIds.includes(guildId))) {
    environment.fault('PLAN_ROLES', "must not have the server's own id: that is @everyone, whom all members are", '');
  }
  const retiredRoles = (environment.optional('PLAN_ROLES_RETIRED') ?? '').split(',').flatMap((id) => id.trim() || []);
  if (!retiredRoles.every((roleId) => SNOWFLAKE.test(roleId))) {
    environment.fault('PLAN_ROLES_RETIRED', 'must be role ids with commas between them', '');
  }
  if ([...planRoles.values()].flat().some((roleId) => retiredRoles.includes(roleId))) {
    environment.fault('PLAN_ROLES_RETIRED', 'must not have a role of PLAN_ROLES', '');
  }
  const discordToken = environment.required('DISCORD_TOKEN', 'the bot token of the application page');
  if (/^bot\s/i.test(discordToken)) {
    environment.fault('DISCORD_TOKEN', 'must be the token alone, without "Bot" before it', '');
  }
  const ports = environment.ports();
  return environment.done({
    production: environment.production,
    host: environment.optional('LISTEN_HOST') ?? '::',
    publicPort: ports.public,
    internalPort: ports.internal,
    secret: environment.secret('INTERNAL_API_SECRET', 'the secret shared with the website backend'),
    previousSecret: environment.optionalSecret('INTERNAL_API_SECRET_PREVIOUS'),
    backendUrl: environment.url('BACKEND_INTERNAL_URL', 'http://website-backend.railway.internal:3000', {
      schemes: ['http:'],
    }),
    discordToken,
    discordApiUrl: environment.url('DISCORD_API_URL', 'https://discord.com/api'),
    discordPublicKey,
    guildId,
    planRoles,
    retiredRoles,
    defaultLocale: environment.oneOf('DEFAULT_LOCALE', LOCALES, 'fr'),
    websiteUrl: environment.optionalUrl('WEBSITE_URL'),
    inviteUrl: environment.optionalUrl('DISCORD_INVITE_URL'),
    logMessages: environment.boolean('LOG_MESSAGES', false),
    logLevel: environment.oneOf('LOG_LEVEL', LOG_LEVELS, 'info'),
  });
}
