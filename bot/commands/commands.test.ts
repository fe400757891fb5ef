import type { APIMessage } from 'discord.js';
import { describe, expect, it } from 'vitest';
import {
  GUILD,
  MEMBER,
  OTHER_MEMBER,
  startTestBot,
  type TestBot,
  type TestBotOptions,
} from '../testing/start-test-bot.ts';

const OWNER = '100000000000000001';
const account = (discordId: string) => ({
  success: true,
  message: 'User found',
  user_found: true,
  discord_id: discordId,
  email: 'user@example.com',
  created_at: '2024-01-15T10:30:00Z',
  updated_at: '2024-01-20T14:25:00Z',
  plan: 'moddy_max',
  subscription: {
    status: 'active' as const,
    interval: 'month' as const,
    current_period_end: '2026-12-24T18:00:00Z',
    cancel_at_period_end: false,
  },
});

async function startWithCommands(options: TestBotOptions = {}): Promise<TestBot> {
  const test = await startTestBot(options);
  await test.journal.line('commands');
  for (const discordId of [MEMBER, OTHER_MEMBER]) test.backend.accounts.set(discordId, account(discordId));
  return test;
}

async function use({ discord }: TestBot, ...invocation: Parameters<TestBot['discord']['invokeCommand']>) {
  const invoked = discord.invokeCommand(...invocation);
  const message = await discord.waitForAnswer(invoked);
  expect(invoked.ephemeral).toBe(true);
  return message;
}

const fieldsOf = (message: APIMessage) =>
  Object.fromEntries((message.embeds[0]?.fields ?? []).map(({ name, value }) => [name, value]));

describe('registration', () => {
  it('writes the commands once, in both languages, and not again when they are ours already', async () => {
    const first = await startWithCommands();
    expect(first.discord.commands()).toMatchObject([
      { name: 'userinfo', name_localizations: { fr: 'infos' }, options: [{ name: 'user' }] },
      { name: 'subscription', name_localizations: { fr: 'abonnement' } },
    ]);
    const environment = { DISCORD_API_URL: first.discord.apiUrl };
    const second = await startTestBot({ environment });
    expect(await second.journal.line('commands')).toMatchObject({ outcome: 'unchanged' });
    const writes = first.discord
      .requests()
      .filter(({ method, path }) => method === 'PUT' && path.endsWith('/commands'));
    expect(writes).toHaveLength(1);
  });

  it('is tried again until Discord lets it', async () => {
    const prepare: TestBotOptions['prepare'] = (discord) => {
      discord.fail({ method: 'PUT', path: '/applications/*', answer: { status: 500 }, times: 2 });
    };
    const { journal } = await startTestBot({ prepare });
    expect(await journal.line('commands')).toMatchObject({ outcome: 'registered' });
  });
});

describe('/userinfo', () => {
  it("shows one's own account in full, in one's own language", async () => {
    const test = await startWithCommands();
    const message = await use(test, MEMBER, 'userinfo');
    expect(message.embeds[0]?.title).toBe('Votre compte');
    expect(fieldsOf(message)).toEqual({
      'Identifiant Discord': `\`${MEMBER}\``,
      'Adresse e-mail': '`user@example.com`',
      Formule: 'Moddy Max',
      'Créé le': '<t:1705314600:D>',
      'Modifié le': '<t:1705760700:D>',
    });
    expect((await use(test, OTHER_MEMBER, 'userinfo')).embeds[0]?.title).toBe('Your account');
  });

  it("does not show another's account to an ordinary member, and does not ask for it", async () => {
    const test = await startWithCommands();
    test.backend.breakDown();
    const message = await use(test, OTHER_MEMBER, 'userinfo', { user: MEMBER });
    expect(message.content).toBe('Seeing another member’s account takes the permission to manage the server.');
    expect(message.embeds).toEqual([]);
  });

  it("shows another's account, its e-mail masked, to whoever manages the server", async () => {
    const test = await startWithCommands();
    const message = await use(test, OWNER, 'userinfo', { user: MEMBER });
    expect(fieldsOf(message)).toMatchObject({ 'Adresse e-mail': '`u•••@•••.com`' });
    expect(JSON.stringify(message)).not.toContain('user@example.com');
  });

  it('says that there is no account', async () => {
    const test = await startWithCommands();
    expect((await use(test, OWNER, 'userinfo')).content).toBe('Vous n’avez pas de compte sur le site.');
    test.backend.accounts.delete(MEMBER);
    const other = await use(test, OWNER, 'userinfo', { user: MEMBER });
    expect(other.content).toBe('Ce membre n’a pas de compte sur le site.');
  });

  it('apologises when the website does not answer, or about somebody else', async () => {
    const test = await startWithCommands();
    test.backend.accounts.set(MEMBER, account(OTHER_MEMBER));
    expect((await use(test, MEMBER, 'userinfo')).content).toContain('le site ne répond pas');
    test.backend.breakDown();
    expect((await use(test, OTHER_MEMBER, 'userinfo')).content).toContain('the website does not answer');
  });

  it('apologises in time when the website hangs', async () => {
    const test = await startWithCommands({ timings: { accountDeadlineMs: 50 } });
    const release = test.backend.hang();
    expect((await use(test, MEMBER, 'subscription')).content).toContain('le site ne répond pas');
    release();
  });

  it('shows an e-mail as written', async () => {
    const test = await startWithCommands();
    const email = '`@everyone`[x](https://evil.example)@example.com';
    test.backend.accounts.set(MEMBER, { ...account(MEMBER), email });
    expect(fieldsOf(await use(test, MEMBER, 'userinfo'))['Adresse e-mail']).toMatch(/^`[^`]+`$/);
  });
});

describe('/subscription', () => {
  it('shows the plan, how it stands and when it renews, with the link', async () => {
    const test = await startWithCommands();
    const message = await use(test, MEMBER, 'subscription');
    expect(fieldsOf(message)).toEqual({
      Formule: 'Moddy Max',
      État: 'actif',
      Facturation: 'chaque mois',
      Renouvellement: '<t:1798135200:D>',
    });
    expect(message.components).toMatchObject([{ components: [{ url: 'https://moddy.example/account' }] }]);
  });

  it('says when it ends instead', async () => {
    const test = await startWithCommands();
    const ending = { ...account(OTHER_MEMBER).subscription, cancel_at_period_end: true };
    test.backend.accounts.set(OTHER_MEMBER, { ...account(OTHER_MEMBER), subscription: ending });
    expect(fieldsOf(await use(test, OTHER_MEMBER, 'subscription'))).toMatchObject({ Ends: '<t:1798135200:D>' });
  });

  it('says that there is none', async () => {
    const test = await startWithCommands();
    expect((await use(test, OWNER, 'subscription')).embeds[0]?.description).toBe('Vous n’avez pas d’abonnement.');
  });
});

describe('every command', () => {
  it('is told to the backend as command_used, with the interaction as its key', async () => {
    const test = await startWithCommands();
    const invoked = test.discord.invokeCommand(MEMBER, 'subscription');
    const event = await test.backend.event(({ body }) => body.event_type === 'command_used');
    expect(event).toMatchObject({
      idempotencyKey: `interaction:${invoked.id}`,
      body: { discord_id: MEMBER, metadata: { guild_id: GUILD, username: 'alice', command: 'subscription' } },
    });
    await test.discord.waitForAnswer(invoked);
  });

  it("teaches the bot its user's language for later messages", async () => {
    const test = await startWithCommands();
    await use(test, OTHER_MEMBER, 'subscription');
    await test.client.notifyUser({ discord_id: OTHER_MEMBER, action: 'subscription_created', plan: 'moddy_max' });
    const message = await test.discord.waitForDm(OTHER_MEMBER);
    expect(message.embeds[0]?.title).toBe('Welcome to Moddy Max');
  });
});
