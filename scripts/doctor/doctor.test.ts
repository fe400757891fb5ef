/* Every broken set-up that the doctor knows, in one table for each side: the fault, and the finding that must report it. */

import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { examineBackend } from '@moddy/backend/operator/doctor/examine-backend';
import { examineBot } from '@moddy/bot/doctor/examine-bot';
import { recordOf } from '@moddy/runtime/is-record';
import { startPeer } from '@moddy/runtime/testing/start-peer';
import {
  ADMIN_ROLE_ID,
  BOT_ID,
  BOT_ROLE_ID,
  OLD_PLAN_ROLE_ID,
  OTHER_MEMBER_ID,
  PLAN_ROLE_ID,
} from '@moddy/sandbox/discord/world/seed';
import { freePort } from '@moddy/sandbox/free-port';
import { createDatabase, query } from '@moddy/sandbox/postgres';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { type LocalSystem, startLocalSystem } from '../site/local-system.ts';
import { LOCAL_SECRET, LOCAL_WEBHOOK_SECRET } from '../system/environment.ts';

let system: LocalSystem;
beforeAll(async () => {
  system = await startLocalSystem({ DATABASE_URL: await createDatabase(inject('postgresUrl')) });
});
afterAll(() => system?.close());

type Variables = Readonly<Record<string, string>>;

/** The wrong findings, each as `name: cause → cure`, the exit code, and all lines. */
async function examined(service: 'bot' | 'backend', broken: Variables) {
  const lines: string[] = [];
  const examine = service === 'bot' ? examineBot : examineBackend;
  const code = await examine({ ...system.variables[service], ...broken }, (line) => void lines.push(line.trim()));
  const wrong = lines.flatMap((line, index) => {
    if (!line.startsWith('WRONG')) return [];
    const finding = line
      .slice(5)
      .trim()
      .replace(/\s{2,}/, ': ');
    return [`${finding} ${lines.slice(index).find((below) => below.startsWith('→'))}`];
  });
  return { code, wrong, lines };
}

const answering = async (status: number, body: string, headers: Record<string, string> = {}) =>
  (await startPeer((_request, response) => response.writeHead(status, headers).end(body))).url;
const json = (value: object) => JSON.stringify(value);

describe('the doctor of a healthy system', () => {
  it.each(['backend/operator/commands/doctor.ts', 'bot/doctor.ts'] as const)(
    '%s exits 0 under plain node',
    async (file) => {
      const variables = file.startsWith('bot') ? system.variables.bot : system.variables.backend;
      const path = fileURLToPath(new URL(`../../${file}`, import.meta.url));
      const { code, out } = await new Promise<{ code: number | null; out: string }>((resolve) => {
        const { PATH, NODE_COMPILE_CACHE } = process.env;
        const child = execFile('node', [path], { env: { PATH, NODE_COMPILE_CACHE, ...variables } }, (_error, stdout) =>
          resolve({ code: child.exitCode, out: stdout }),
        );
      });
      expect(out).not.toContain('WRONG');
      expect(out).toContain('Everything is well.');
      expect(out).not.toContain(LOCAL_SECRET);
      expect(code).toBe(0);
    },
  );
});

describe("the backend's doctor finds", () => {
  it.each<[string, () => Variables | Promise<Variables>, RegExp]>([
    [
      'missing variables',
      () => ({ INTERNAL_API_SECRET: '', PLAN_PRICES: '' }),
      /variables: INTERNAL_API_SECRET is required.*→ set it as \.env\.example/,
    ],
    [
      'a short secret in production',
      () => ({ NODE_ENV: 'production' }),
      /variables: INTERNAL_API_SECRET must have at least 32.*make secret/,
    ],
    [
      'a secret of one letter in production',
      () => ({
        NODE_ENV: 'production',
        INTERNAL_API_SECRET: 'x'.repeat(40),
        SESSION_SECRET: 's'.repeat(40),
        WEBSITE_URL: 'https://moddy.example',
      }),
      /secret: has hardly any.*make secret/,
    ],
    [
      'another secret than the bot has',
      () => ({ INTERNAL_API_SECRET: 'another' }),
      /same secret: the peer rejects ours \(fingerprint [0-9a-f]{8}\) → set the same INTERNAL_API_SECRET/,
    ],
    [
      'half a rotation',
      () => ({ INTERNAL_API_SECRET: 'new', INTERNAL_API_SECRET_PREVIOUS: LOCAL_SECRET }),
      /same secret: the peer knows only.*PREVIOUS → the rotation is half done/,
    ],
    [
      'an unknown host name',
      () => ({ BOT_INTERNAL_URL: 'http://moddy.invalid:3000' }),
      /peer name: moddy\.invalid is not known → name the service so in Railway/,
    ],
    [
      'a port without a listener',
      async () => ({ BOT_INTERNAL_URL: `http://127.0.0.1:${await freePort()}` }),
      /peer: .*nobody listens.*INTERNAL_PORT/,
    ],
    [
      "the bot's public port",
      () => ({ BOT_INTERNAL_URL: system.urls.bot }),
      /peer: .*answers 404.*→ that is probably its public port/,
    ],
    [
      'its own address',
      () => ({ BOT_INTERNAL_URL: system.urls.backendInternal }),
      /peer: .*is website-backend-internal.*→ BOT_INTERNAL_URL names another service/,
    ],
    [
      'a Python peer',
      async () => ({ BOT_INTERNAL_URL: await answering(404, '{"detail":"Not Found"}') }),
      /peer: .*Python service.*→ the old peer serves its private API on its public port 8080/,
    ],
    [
      'a route through the public edge',
      async () => ({ BOT_INTERNAL_URL: await answering(421, '{"error":"x"}') }),
      /peer: .*421.*→ set BOT_INTERNAL_URL to http/,
    ],
    [
      'a redirect',
      async () => ({ BOT_INTERNAL_URL: await answering(301, '', { location: '/x' }) }),
      /peer: .*redirects \(301\)/,
    ],
    [
      'an unhealthy bot of another version',
      async () => ({
        BOT_INTERNAL_URL: await answering(
          200,
          json({
            service: 'moddy-bot-internal',
            status: 'unhealthy',
            checks: [{ name: 'gateway', status: 'unhealthy', detail: 'gone' }],
            contract: { 'bot-internal': { version: '0.9.0', digest: 'x' } },
          }),
        ),
      }),
      /peer health: gateway: gone.*contract: bot-internal: 1\.1\.0 here, 0\.9\.0.*→ deploy both services from one commit/s,
    ],
    [
      'a wrong clock',
      async () => ({
        BOT_INTERNAL_URL: await answering(200, json({ service: 'moddy-bot-internal' }), {
          date: new Date(Date.now() - 600_000).toUTCString(),
        }),
      }),
      /clock: 60\d s ahead of the peer → set the clock/,
    ],
    [
      'one port for both',
      () => ({ INTERNAL_PORT: system.variables.backend.PORT }),
      /variables: INTERNAL_PORT must not be \d+, the one of PORT/,
    ],
    [
      'a service that does not run',
      async () => ({ INTERNAL_PORT: String(await freePort()) }),
      /private port: this service does not run here.*→ start it/,
    ],
    [
      'a public port that serves the private API',
      () => ({ PORT: system.variables.bot.INTERNAL_PORT }),
      /public port: .*serves the private API → point the public domain/,
    ],
    [
      'an unavailable database',
      async () => ({ DATABASE_URL: `postgres://u:p@127.0.0.1:${await freePort()}/x` }),
      /database: not reachable → is DATABASE_URL right/,
    ],
    [
      'a database with another password',
      () => ({ DATABASE_URL: system.variables.backend.DATABASE_URL.replace(/:[^:@]+@/, ':s3cret@') }),
      /database: closed to this user → correct user and password in DATABASE_URL/,
    ],
    [
      'a database without tables',
      async () => ({ DATABASE_URL: await createDatabase(inject('postgresUrl')) }),
      /migrations: missing: 0000_init.*→ make migrate/,
    ],
    [
      'a key that Stripe rejects',
      () => ({ STRIPE_API_KEY: 'sk_test_nobody' }),
      /stripe key: Stripe rejects it → set STRIPE_API_KEY/,
    ],
    [
      'an unavailable Stripe',
      async () => ({ STRIPE_API_URL: `http://127.0.0.1:${await freePort()}` }),
      /stripe: no usable answer/,
    ],
    [
      'a price that does not exist',
      () => ({ PLAN_PRICES: json({ moddy_max: ['price_gone'] }) }),
      /price of moddy_max: price_gone does not exist.*→ correct PLAN_PRICES/,
    ],
    [
      'no link to the server for a user who cannot be added',
      () => ({ DISCORD_INVITE_URL: '' }),
      /joining: .*without DISCORD_INVITE_URL.*→ set DISCORD_INVITE_URL/,
    ],
    ['no prices', () => ({ PLAN_PRICES: '{}' }), /prices: PLAN_PRICES is empty/],
    [
      'a service that was started with another secret than the doctor has',
      () => ({ INTERNAL_API_SECRET: 'another' }),
      /own health: .*was started with another secret → restart it/,
    ],
    [
      'a proxy that removes the secret from calls, but not from health checks',
      async () => {
        const root = json({ service: 'moddy-bot-internal', status: 'healthy' });
        const peer = await startPeer(({ method }, response) =>
          response.writeHead(method === 'POST' ? 401 : 200).end(method === 'POST' ? '{"error":"x"}' : root),
        );
        return { BOT_INTERNAL_URL: peer.url };
      },
      /same secret: accepted with GET, but a POST gets 401: every call fails → something between the services/,
    ],
  ])('%s', async (_name, broken, finding) => {
    const { code, wrong } = await examined('backend', await broken());
    expect(wrong.join('\n')).toMatch(finding);
    expect(code).toBe(1);
  });

  it('every permission that a restricted key lacks, without a change at Stripe', async () => {
    const all = [
      ...['customer_write', 'subscription_write', 'plan_read', 'product_read', 'invoice_read', 'invoice_payment_read'],
      'payment_intent_read',
      'subscription_schedule_write',
      ...['webhook_read', 'checkout_session_write', 'customer_portal_write'],
    ].map((right) => `rak_${right}`);
    const events = system.stripe.books.named('test').ledger.events.newest().length;
    const lacking = async (rights: readonly string[]) =>
      (await examined('backend', { STRIPE_API_KEY: system.stripe.books.restrict('test', rights) })).wrong.join('\n');
    expect(await lacking(all)).toBe('');
    for (const right of all) {
      const found = await lacking(all.filter((each) => each !== right));
      expect(found).toMatch(new RegExp(`stripe rights: the restricted key lacks [^;]*, ${right} → edit the key`));
    }
    expect(await lacking([])).toContain(
      'Customers (write), Subscriptions (write), Subscription schedules (write), Prices (read), Products (read), ' +
        'Invoices (read), Invoice payments (read), Payment intents (read), Webhook endpoints (read), Checkout sessions (write), Customer portal (write)',
    );
    expect(system.stripe.books.named('test').ledger.events.newest()).toHaveLength(events);
  });

  it('its own unhealthy service', async () => {
    await query(
      system.variables.backend.DATABASE_URL,
      `insert into customers (customer_id, livemode, parked_reason) values ('cus_stray', false, 'no_discord_id')`,
    );
    const unwell = () => examined('backend', {});
    const { code, wrong } = await unwell();
    await query(system.variables.backend.DATABASE_URL, `delete from customers where customer_id = 'cus_stray'`);
    expect({ code, wrong }).toEqual({
      code: 1,
      wrong: [
        expect.stringMatching(/own health: customers: 1 parked: no_discord_id → `make parked` names each customer/),
      ],
    });
  });

  it('a healthy bot with roles that it cannot grant', async () => {
    const checks = [{ name: 'roles', status: 'unhealthy', detail: 'PLAN_ROLES moddy_max: not below the bot' }];
    const health = json({ service: 'moddy-bot-internal', status: 'healthy', checks });
    const { code, wrong } = await examined('backend', { BOT_INTERNAL_URL: await answering(200, health) });
    expect(wrong.join('\n')).toMatch(
      /peer health: roles: PLAN_ROLES moddy_max: not below the bot → run the peer's own/,
    );
    expect(code).toBe(1);
  });

  it('a dispute that waits for an answer', async () => {
    const { DATABASE_URL } = system.variables.backend;
    await query(
      DATABASE_URL,
      `insert into reversals (event_id, kind, state, outcome, livemode, charge_id, amount, currency, created_at)
       values ('evt_1', 'dispute', 'parked', 'needs_attention', false, 'ch_1', 499, 'eur', now())`,
    );
    const { code, wrong } = await examined('backend', {});
    await query(DATABASE_URL, `delete from reversals`);
    expect([code, wrong]).toEqual([1, [expect.stringMatching(/refunds and disputes: 1 wait for you → `make parked`/)]]);
  });

  it('no fault of an earlier Python peer, which it names', async () => {
    const root = json({ service: 'moddy-bot-internal', status: 'healthy' });
    const python = await startPeer(({ method }, response) =>
      response.writeHead(method === 'POST' ? 405 : 200, { server: 'uvicorn' }).end(root),
    );
    const lines: string[] = [];
    const variables = { ...system.variables.backend, BOT_INTERNAL_URL: python.url };
    expect(await examineBackend(variables, (line) => void lines.push(line))).toBe(0);
    expect(lines.join('\n')).toMatch(/ok .*peer .*is moddy-bot-internal, a Python service \(uvicorn\)/);
  });

  it('a webhook that is missing, lacks events, is disabled or has another version', async () => {
    const url = `${system.siteUrl}/payments/webhook`;
    system.stripe.setWebhooks([]);
    expect((await examined('backend', {})).wrong.join()).toMatch(
      /webhook: no endpoint leads to \/payments\/webhook → add http/,
    );
    const withoutSite = { WEBSITE_URL: '', DISCORD_CLIENT_ID: '', DISCORD_CLIENT_SECRET: '', SESSION_SECRET: '' };
    expect((await examined('backend', { ...withoutSite, JOIN_ON_LOGIN: 'false' })).wrong.join()).toContain(
      '→ add https://<public domain>/payments/webhook at Stripe',
    );
    system.stripe.setWebhooks([{ url, secret: LOCAL_WEBHOOK_SECRET, events: ['invoice.paid'] }]);
    expect((await examined('backend', {})).wrong.join()).toMatch(
      /webhook events: not switched on: checkout\.session\.completed.*make reconcile/,
    );
    system.stripe.setWebhooks([{ url, secret: LOCAL_WEBHOOK_SECRET, disabled: true }]);
    expect((await examined('backend', {})).wrong.join()).toMatch(
      /webhook: the endpoint is switched off → switch it on at Stripe, then make reconcile/,
    );
    system.stripe.setWebhooks([{ url, secret: LOCAL_WEBHOOK_SECRET, apiVersion: '2020-08-27' }]);
    expect((await examined('backend', {})).wrong.join()).toMatch(
      /webhook version: the endpoint speaks 2020-08-27 → make a new endpoint/,
    );
    system.stripe.setWebhooks([{ url, secret: LOCAL_WEBHOOK_SECRET }]);
    expect((await examined('backend', {})).wrong).toEqual([]);
  });
});

it.each([
  ['backend', examineBackend],
  ['bot', examineBot],
] as const)('the doctor of the %s prints a shared fix once, below its findings', async (_name, examine) => {
  const lines: string[] = [];
  expect(await examine({}, (line) => void lines.push(line))).toBe(1);
  const cures = lines.filter((line) => line.includes('→'));
  expect(cures).toEqual([expect.stringContaining('set it as .env.example says')]);
  expect(lines.filter((line) => line.startsWith('WRONG')).length).toBeGreaterThan(3);
  expect(lines.at(-2)).toBe(cures[0]);
});

describe("the bot's doctor finds", () => {
  it.each<[string, () => Variables | Promise<Variables>, RegExp]>([
    ['missing variables', () => ({ DISCORD_TOKEN: '' }), /variables: DISCORD_TOKEN is required/],
    [
      'https on the private network',
      () => ({ BACKEND_INTERNAL_URL: 'https://website-backend.railway.internal:3000' }),
      /variables: BACKEND_INTERNAL_URL must be a URL \(http:\)/,
    ],
    [
      'another secret than the backend has',
      () => ({ INTERNAL_API_SECRET: 'another' }),
      /same secret: the peer rejects ours/,
    ],
    [
      'a token that Discord rejects',
      () => ({ DISCORD_TOKEN: 'yesterdays' }),
      /bot token: Discord rejects it → set DISCORD_TOKEN/,
    ],
    [
      'an unavailable Discord',
      async () => ({ DISCORD_API_URL: `http://127.0.0.1:${await freePort()}/api` }),
      /discord: no answer \(ECONNREFUSED\)/,
    ],
    ['a guild without the bot', () => ({ DISCORD_GUILD_ID: '42' }), /guild: the bot is not in the guild 42 → invite/],
    [
      'a role that does not exist',
      () => ({ PLAN_ROLES: json({ moddy_max: ['43'] }) }),
      /role of moddy_max: 43 does not exist → correct PLAN_ROLES/,
    ],
    [
      'a role with administration permissions',
      () => ({ PLAN_ROLES: json({ moddy_max: [ADMIN_ROLE_ID] }) }),
      /role of moddy_max: .*administration.*→ give the plan a role of its own/,
    ],
  ])('%s', async (_name, broken, finding) => {
    const { code, wrong } = await examined('bot', await broken());
    expect(wrong.join('\n')).toMatch(finding);
    expect(code).toBe(1);
  });

  it('members who still hold a retired role, counted over all pages', async () => {
    const { discord } = system;
    const retired = { PLAN_ROLES: json({ moddy_max: [PLAN_ROLE_ID] }), PLAN_ROLES_RETIRED: OLD_PLAN_ROLE_ID };
    discord.setMemberRoles(OTHER_MEMBER_ID, []);
    expect(await examined('bot', retired)).toMatchObject({ code: 0, wrong: [] });
    const added = Array.from({ length: 1_001 }, () => discord.addUser().id);
    for (const id of added) {
      discord.join(id);
      discord.setMemberRoles(id, [OLD_PLAN_ROLE_ID]);
    }
    const { code, wrong } = await examined('bot', retired);
    expect([code, wrong]).toEqual([
      1,
      [expect.stringMatching(`retired roles: ${OLD_PLAN_ROLE_ID} is held by 1001 → .*make audit SWEEP=1`)],
    ]);
    // Discord limits how fast a large server is listed.
    discord.setRateLimits({ routes: [{ path: '/guilds/:guild/members', limit: 1, windowMs: 60_000 }] });
    expect((await examined('bot', retired)).wrong.join()).toMatch(/retired roles: \d+ is held by at least 99\d →/);
    for (const id of added) discord.setMemberRoles(id, []);
    discord.setRateLimits({ routes: [{ path: '/guilds/:guild/members', limit: 1, windowMs: 60_000 }] });
    const part = await examined('bot', retired);
    discord.setRateLimits({ routes: [] });
    for (const id of added) discord.leave(id);
    expect([part.code, part.wrong]).toEqual([0, []]);
    expect(part.lines.join('\n')).toMatch(/retired roles +none of the first 1000 members holds .*`make audit`/);
  });

  it.each([
    [
      'an endpoint, though the bot expects the gateway',
      'https://moddy.example/interactions',
      undefined,
      /→ empty Interactions Endpoint URL/,
    ],
    ['the gateway, though the bot expects an endpoint', null, 'its own', /→ set Interactions Endpoint URL/],
    [
      'signatures of another application',
      'https://moddy.example/interactions',
      'ab'.repeat(32),
      /→ set DISCORD_PUBLIC_KEY to/,
    ],
    ['nothing wrong', 'https://moddy.example/interactions', 'its own', /^$/],
  ])('in the delivery of commands: %s', async (_name, url, key, finding) => {
    const { discord } = system;
    const headers = { authorization: `Bot ${discord.token}` };
    const application = await fetch(`${discord.apiUrl}/v10/applications/@me`, { headers });
    const answer = { status: 200, body: { ...recordOf(await application.text()), interactions_endpoint_url: url } };
    const fault = discord.fail({ path: '/applications/@me', answer, times: 9 });
    const { wrong } = await examined(
      'bot',
      key ? { DISCORD_PUBLIC_KEY: key === 'its own' ? discord.publicKey : key } : {},
    );
    fault.remove();
    expect(wrong.join('\n')).toMatch(finding);
  });

  it('a bot that is timed out', async () => {
    const { discord } = system;
    const body = { user: { id: BOT_ID }, roles: [BOT_ROLE_ID], communication_disabled_until: '2999-01-01T00:00:00Z' };
    const fault = discord.fail({ path: `/guilds/:guild/members/${BOT_ID}`, answer: { status: 200, body }, times: 9 });
    const { wrong } = await examined('bot', {});
    fault.remove();
    expect(wrong.join('\n')).toMatch(/permissions: the bot is timed out → remove the timeout/);
  });

  it('a missing intent, a missing permission and a role above the bot', async () => {
    const { discord } = system;
    discord.setPrivilegedIntents({ guildMembers: false });
    expect((await examined('bot', {})).wrong.join()).toMatch(/intents: Server Members is off → switch on/);
    discord.setPrivilegedIntents({ guildMembers: true });
    discord.letBotManageRoles(false);
    expect((await examined('bot', {})).wrong.join()).toMatch(/permissions: the bot lacks Manage Roles → give a role/);
    discord.letBotManageRoles(true);
    discord.editRole(PLAN_ROLE_ID, { position: 50 });
    expect((await examined('bot', {})).wrong.join()).toMatch(
      /role of moddy_max: .*not below.*→ drag the bot's role above it/,
    );
  });
});
