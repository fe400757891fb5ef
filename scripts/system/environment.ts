import { OLD_PLAN_ROLE_ID, PLAN_ROLE_ID } from '@moddy/sandbox/discord/world/seed';
import { freePort } from '@moddy/sandbox/free-port';

/** The secret of the documentation's examples; only for a machine of one's own. */
export const LOCAL_SECRET = 'test-secret-local';
export const LOCAL_WEBHOOK_SECRET = 'whsec_sandbox';

export interface Addresses {
  readonly bot: { readonly port: number; readonly internalPort: number };
  readonly backend: { readonly port: number; readonly internalPort: number };
}

/** Two free ports for a service. */
export const freePorts = async () => ({ port: await freePort(), internalPort: await freePort() });

/** Addresses for both services on free ports. */
export async function freeAddresses(): Promise<Addresses> {
  return { bot: await freePorts(), backend: await freePorts() };
}

const local = (port: number) => `http://127.0.0.1:${port}`;
export const urlsOf = ({ bot, backend }: Addresses) => ({
  bot: local(bot.port),
  botInternal: local(bot.internalPort),
  backend: local(backend.port),
  backendInternal: local(backend.internalPort),
});

const shared = { LISTEN_HOST: '127.0.0.1', INTERNAL_API_SECRET: LOCAL_SECRET };

/** The bot's variables, for a local Discord. */
export const botVariables = (
  addresses: Addresses,
  discord: { readonly apiUrl: string; readonly token: string; readonly guildId: string },
) => ({
  ...shared,
  PORT: String(addresses.bot.port),
  INTERNAL_PORT: String(addresses.bot.internalPort),
  BACKEND_INTERNAL_URL: urlsOf(addresses).backendInternal,
  DISCORD_API_URL: discord.apiUrl,
  DISCORD_TOKEN: discord.token,
  DISCORD_GUILD_ID: discord.guildId,
  PLAN_ROLES: JSON.stringify({ moddy_pro: [OLD_PLAN_ROLE_ID], moddy_max: [PLAN_ROLE_ID] }),
  WEBSITE_URL: urlsOf(addresses).backend,
});

/** Signs the sessions of the local site; only for a machine of one's own. */
export const LOCAL_SESSION_SECRET = 'session-secret-local';

/** The parts of a local Discord that the site's login needs. */
export interface LocalLogin {
  readonly apiUrl: string;
  readonly webUrl: string;
  readonly applicationId: string;
  readonly clientSecret: string;
}

/** The backend's variables, for a local Stripe, and for a local Discord where people log in to the site. */
export const backendVariables = (
  addresses: Addresses,
  stripe: { readonly url: string; readonly apiKey: string },
  database: { readonly DATABASE_URL: string },
  discord?: LocalLogin,
) => ({
  ...shared,
  ...database,
  PORT: String(addresses.backend.port),
  INTERNAL_PORT: String(addresses.backend.internalPort),
  BOT_INTERNAL_URL: urlsOf(addresses).botInternal,
  STRIPE_API_KEY: stripe.apiKey,
  STRIPE_API_URL: stripe.url,
  STRIPE_WEBHOOK_SECRET: LOCAL_WEBHOOK_SECRET,
  PLAN_PRICES: JSON.stringify({
    moddy_pro: ['price_moddy_pro_month'],
    moddy_max: ['price_moddy_max_month', 'price_moddy_max_year'],
  }),
  WEBSITE_URL: urlsOf(addresses).backend,
  ...(discord && {
    DISCORD_API_URL: discord.apiUrl,
    DISCORD_CLIENT_ID: discord.applicationId,
    DISCORD_CLIENT_SECRET: discord.clientSecret,
    SESSION_SECRET: LOCAL_SESSION_SECRET,
    JOIN_ON_LOGIN: 'true',
    DISCORD_INVITE_URL: `${discord.webUrl}/invite/moddy`,
  }),
});
