import { networkInterfaces } from 'node:os';
import { backendInternal } from '@moddy/generated/backend-internal/routes';
import { botInternal } from '@moddy/generated/bot-internal/routes';
import { startDiscord } from '@moddy/sandbox/discord/start-discord';
import { freePort } from '@moddy/sandbox/free-port';
import { createDatabase } from '@moddy/sandbox/postgres';
import { startStripe } from '@moddy/sandbox/stripe/start';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { lines, rawRequest } from '../security/raw-request.ts';
import { backendVariables, botVariables, LOCAL_WEBHOOK_SECRET } from '../system/environment.ts';
import { startService } from '../system/service-process.ts';

const hasIpv6 = Object.values(networkInterfaces()).some((list) => list?.some(({ address }) => address === '::1'));
/** As on Railway: each service has an address of its own, and both use the same port numbers. */
const BOT_HOST = hasIpv6 ? '::1' : '127.0.0.2';
const BACKEND_HOST = '127.0.0.3';
const SECRET = 'a-secret-of-production-0123456789-abcdef';

const inUrl = (host: string) => (host.includes(':') ? `[${host}]` : host);

/** Both services with the variables of a deployment, each on a loopback address of its own. */
async function startDeployment() {
  const [port, internalPort] = [await freePort(), await freePort()];
  const discord = await startDiscord();
  const stripe = await startStripe();
  const url = (host: string, which: number) => `http://${inUrl(host)}:${which}`;
  const urls = {
    bot: url(BOT_HOST, port),
    botInternal: url(BOT_HOST, internalPort),
    backend: url(BACKEND_HOST, port),
    backendInternal: url(BACKEND_HOST, internalPort),
  };
  stripe.setWebhooks([{ url: `${urls.backend}/payments/webhook`, secret: LOCAL_WEBHOOK_SECRET }]);
  const addresses = { bot: { port, internalPort }, backend: { port, internalPort } };
  const production = { NODE_ENV: 'production', INTERNAL_API_SECRET: SECRET, WEBSITE_URL: 'https://moddy.example' };
  const database = { DATABASE_URL: await createDatabase(inject('postgresUrl')) };
  const bot = startService(
    'bot',
    'bot/main.ts',
    {
      ...botVariables(addresses, discord),
      ...production,
      LISTEN_HOST: BOT_HOST,
      BACKEND_INTERNAL_URL: urls.backendInternal,
    },
    () => {},
  );
  const backend = startService(
    'backend',
    'backend/main.ts',
    {
      ...backendVariables(addresses, stripe, database),
      ...production,
      LISTEN_HOST: BACKEND_HOST,
      BOT_INTERNAL_URL: urls.botInternal,
    },
    () => {},
  );
  await Promise.all([bot.line('connected to the gateway'), backend.line('ready')]);
  return {
    urls,
    internalPort,
    discord,
    stripe,
    close: async () => {
      await Promise.all([bot.kill('SIGTERM'), backend.kill('SIGTERM')]);
      await Promise.all([discord.close(), stripe.close()]);
    },
  };
}

describe('a deployment with an address for each service and the same ports', () => {
  let system: Awaited<ReturnType<typeof startDeployment>>;
  beforeAll(async () => {
    system = await startDeployment();
  });
  afterAll(() => system?.close());
  const status = async (url: string, headers: Record<string, string> = {}) => (await fetch(url, { headers })).status;
  const bearer = { authorization: `Bearer ${SECRET}` };

  it('answers the health check on the public ports', async () => {
    expect(await status(`${system.urls.bot}/healthz`)).toBe(200);
    expect(await status(`${system.urls.backend}/healthz`)).toBe(200);
  });
  it('connects both services: a payment leads to a message and a role', async () => {
    const { id } = system.discord.addUser();
    system.discord.join(id);
    system.stripe.subscribe({ discordId: id, price: 'price_moddy_max_month', email: 'member@example.com' });
    await system.discord.waitForDm(id, undefined, 10_000);
    await system.discord.waitForRoles(id, (roles) => roles.length > 0, 10_000);
  });
  it.each(['bot', 'backend'] as const)('serves nothing private on the public port of the %s', async (service) => {
    const { operations } = service === 'bot' ? botInternal : backendInternal;
    for (const path of [operations.healthCheck.path, '/openapi.yaml', '/docs', '/metrics']) {
      expect(await status(system.urls[service] + path, bearer), path).toBe(404);
    }
  });
  it.each(['botInternal', 'backendInternal'] as const)('accepts only the secret on %s', async (service) => {
    const url = system.urls[service] + botInternal.operations.healthCheck.path;
    expect(await status(url, bearer)).toBe(200);
    expect(await status(url)).toBe(401);
    expect(await status(url, { authorization: 'Bearer test-secret-local' })).toBe(403);
    expect(await status(url, { ...bearer, 'x-railway-edge': 'x' })).toBe(421);
    expect(await status(`${system.urls[service]}/docs`)).toBe(200);
  });
  it('accepts its private host name and rejects a public one', async () => {
    const ask = (host: string) => {
      const path = backendInternal.operations.healthCheck.path;
      const request = lines(
        `GET ${path} HTTP/1.1`,
        `Host: ${host}`,
        'Connection: close',
        `Authorization: ${bearer.authorization}`,
      );
      return rawRequest({ host: BACKEND_HOST, port: system.internalPort }, request);
    };
    expect((await ask('website-backend.railway.internal:3000')).status).toBe(200);
    expect((await ask('website-backend-production.up.railway.app')).status).toBe(421);
  });
});
