import { PLAN_ROLE_ID } from '@moddy/sandbox/discord/world/seed';
import { SECRET } from '../servers/secret.ts';

const WEBHOOK_SECRET = 'whsec_bench_of_thirty_two_characters';

/** Environments of the two services, as a deployment sets them. */
export const backendVariables = (
  databaseUrl: string,
  urls: { readonly botUrl?: string; readonly stripeUrl?: string } = {},
) => ({
  INTERNAL_API_SECRET: SECRET,
  DATABASE_URL: databaseUrl,
  BOT_INTERNAL_URL: urls.botUrl ?? 'http://127.0.0.1:1',
  STRIPE_API_KEY: 'sk_test_sandbox',
  STRIPE_API_URL: urls.stripeUrl ?? 'http://127.0.0.1:1',
  STRIPE_WEBHOOK_SECRET: WEBHOOK_SECRET,
  PLAN_PRICES: '{"moddy_max": ["price_moddy_max_month"]}',
});

export const botVariables = (
  discord: { readonly token: string; readonly apiUrl: string; readonly guildId: string },
  backendUrl = 'http://127.0.0.1:1',
) => ({
  INTERNAL_API_SECRET: SECRET,
  BACKEND_INTERNAL_URL: backendUrl,
  DISCORD_TOKEN: discord.token,
  DISCORD_API_URL: discord.apiUrl,
  DISCORD_GUILD_ID: discord.guildId,
  PLAN_ROLES: JSON.stringify({ moddy_max: [PLAN_ROLE_ID] }),
  WEBSITE_URL: 'https://moddy.example',
});

export const webhookOf = (backendUrl: string) => ({ url: `${backendUrl}/payments/webhook`, secret: WEBHOOK_SECRET });
