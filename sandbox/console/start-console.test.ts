import { request } from 'node:http';
import { text } from 'node:stream/consumers';
import { describe, expect, it, onTestFinished } from 'vitest';
import { startDiscord } from '../discord/start-discord.ts';
import { MEMBER_ID } from '../discord/world/seed.ts';
import { startStripe } from '../stripe/start.ts';
import { ASSETS } from './assets.ts';
import type { Snapshot } from './snapshot.ts';
import { type ConsoleOptions, startConsole } from './start-console.ts';
import type { Supervised } from './supervised.ts';

const running: Supervised = { state: 'up', start: async () => {}, stop: async () => {}, onChange: () => () => {} };

async function start(options: Partial<ConsoleOptions> = {}) {
  const discord = await startDiscord();
  const stripe = await startStripe();
  const page = await startConsole({ services: { bot: running, backend: running }, discord, stripe, ...options });
  onTestFinished(async () => {
    await page.close();
    await Promise.all([discord.close(), stripe.close()]);
  });
  const act = (action: string, body: string, headers: Record<string, string> = {}) =>
    fetch(`${page.url}/actions/${action}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...headers },
      body,
    });
  return { ...page, discord, stripe, act };
}

/** The next states that a page gets. */
async function* snapshots(url: string): AsyncGenerator<Snapshot> {
  const { body } = await fetch(`${url}/stream`);
  if (!body) throw new Error('no stream');
  let unread = '';
  for await (const chunk of body.pipeThrough(new TextDecoderStream())) {
    const blocks = (unread + chunk).split('\n\n');
    unread = blocks.pop() ?? '';
    for (const block of blocks) {
      const line = block.split('\n').find((each) => each.startsWith('data: '));
      if (line) yield JSON.parse(line.slice('data: '.length));
    }
  }
}

async function next(states: AsyncGenerator<Snapshot>): Promise<Snapshot> {
  const { value, done } = await states.next();
  if (done) throw new Error('the stream ended');
  return value;
}

describe('the console', () => {
  it('serves only its files, under a strict content security policy', async () => {
    const { url } = await start();
    for (const path of ASSETS.keys()) {
      const answer = await fetch(url + path);
      expect([path, answer.status]).toEqual([path, 200]);
      expect(answer.headers.get('content-security-policy')).toMatch(
        /^default-src 'none'; script-src 'self'; style-src/,
      );
      expect(answer.headers.get('content-security-policy')).not.toContain('unsafe');
    }
    for (const path of ['/start-console.ts', '/browser/main.js', '/..%2fguard.ts', '/actions/join']) {
      expect([path, (await fetch(url + path)).status]).toEqual([path, 404]);
    }
    const html = await (await fetch(url)).text();
    expect(html).not.toMatch(/<style|<script(?! type="module" src)|style=|\son\w+=/);
  });

  it('421 for every page with a foreign Host', async () => {
    const { url } = await start();
    for (const path of ['/', '/stream', '/actions/join']) {
      const method = path.startsWith('/actions') ? 'POST' : 'GET';
      const asked = request(url + path, { method, headers: { host: 'rebound.example' } }).end();
      const { promise, resolve, reject } = Promise.withResolvers<[number | undefined, string]>();
      asked.on('response', async (answer) => resolve([answer.statusCode, await text(answer)]));
      asked.on('error', reject);
      expect(await promise).toEqual([421, expect.stringContaining('127.0.0.1')]);
    }
  });

  it.each(['https://evil.example', 'null', 'http://127.0.0.1:1', 'http://localhost'])(
    '403 for the origin %s',
    async (origin) => {
      const { act, discord } = await start();
      const answer = await act('leave', JSON.stringify({ discordId: MEMBER_ID }), { origin });
      expect(answer.status).toBe(403);
      expect(discord.isMember(MEMBER_ID)).toBe(true);
    },
  );

  it('415 for a content type that a form can send', async () => {
    const { act, discord } = await start();
    const answer = await act('leave', JSON.stringify({ discordId: MEMBER_ID }), { 'content-type': 'text/plain' });
    expect(answer.status).toBe(415);
    expect(discord.isMember(MEMBER_ID)).toBe(true);
  });

  it.each([
    ['leave', '', 'The body must be a JSON object.'],
    ['leave', '[]', 'The body must be a JSON object.'],
    ['leave', '{}', 'discordId is missing.'],
    ['leave', '{"discordId":7}', 'discordId must be a string.'],
    ['leave', '{"discordId":"7"}', 'Nobody on the local Discord has the id 7.'],
    ['choose-price', '{"discordId":"x","price":"price_moddy_max_month"}', 'discordId must be 1 to 20 digits.'],
    ['choose-price', '{"discordId":"7","price":"price_none"}', "No such price: 'price_none'"],
    ['cancel-now', '{"discordId":"7"}', "No such subscription: '7'"],
    ['add-member', '{"name":"  "}', 'A name has 1 to 32 characters.'],
    ['set-outage', '{"outage":"slow-discord","on":"yes"}', 'on must be a boolean.'],
    ['set-outage', '{"outage":"database-outage","on":true}', 'There is no such outage here.'],
    ['stop-service', '{"service":"stripe"}', 'service must be one of bot, backend.'],
    ['stop-service', '{}', 'service is missing.'],
  ])('400 for %s %s', async (action, body, error) => {
    const { act } = await start();
    const answer = await act(action, body);
    expect([answer.status, await answer.json()]).toEqual([400, { error }]);
  });

  it('413 for a body that is too large', async () => {
    const { act } = await start();
    expect((await act('leave', JSON.stringify({ discordId: 'x'.repeat(20_000) }))).status).toBe(413);
  });

  it.each(['/deliveries/1', '/deliveries/x', '/deliveries/1;drop', '/events/discord-1', '/events/none'])(
    '404 for %s, which is unknown',
    async (path) => {
      const { url } = await start();
      expect((await fetch(url + path)).status).toBe(404);
    },
  );

  it('409 when a service does not start', async () => {
    const bot = { ...running, start: () => Promise.reject(new Error('bot ended before "started"')) };
    const { act } = await start({ services: { bot, backend: running } });
    const answer = await act('start-service', '{"service":"bot"}');
    expect([answer.status, await answer.json()]).toEqual([409, { error: 'bot ended before "started"' }]);
  });

  it('sends the state at once, then every change, and the current state after a reconnect', async () => {
    const { url, act, discord } = await start();
    const memberIn = ({ members }: Snapshot) => members.find(({ discordId }) => discordId === MEMBER_ID);
    const discordIn = ({ services }: Snapshot) => services.find(({ service }) => service === 'discord')?.state;
    const states = snapshots(url);
    expect(memberIn(await next(states))).toMatchObject({ isPresent: true, subscription: null });
    await act('leave', JSON.stringify({ discordId: MEMBER_ID }));
    expect(memberIn(await next(states))?.isPresent).toBe(false);
    await act('set-outage', '{"outage":"slow-discord","on":true}');
    expect(discordIn(await next(states))).toBe('slow');
    await states.return(undefined);
    discord.startOutage();
    const again = snapshots(url);
    let latest = await next(again);
    while (discordIn(latest) !== 'outage') latest = await next(again);
    await act('set-outage', '{"outage":"discord-outage","on":false}');
    while (discordIn(latest) !== 'slow') latest = await next(again);
    await again.return(undefined);
  });

  it('marks Discord and Stripe as remote and offers no actions for them when they are not local', async () => {
    const { url, act } = await start({ discord: undefined, stripe: undefined });
    const states = snapshots(url);
    const { services, isDiscordLocal, isStripeLocal, members, backend } = await next(states);
    expect([isDiscordLocal, isStripeLocal, members]).toEqual([false, false, []]);
    expect(services.map(({ state }) => state)).toEqual(['up', 'up', 'remote', 'remote', 'outage']);
    expect(services.flatMap(({ buttons }) => buttons.map(({ label }) => label))).toEqual([
      'Start the bot',
      'Stop the bot',
      'Start the backend',
      'Stop the backend',
    ]);
    expect(backend.silence).toBe('The console was not given the backend’s database.');
    expect((await act('choose-price', '{}')).status).toBe(404);
    await states.return(undefined);
  });
});
