import { describe, expect, it } from 'vitest';
import { startWithCommands } from '../testing/commands.ts';
import { startTestBot, type TestBotOptions } from '../testing/start-test-bot.ts';

describe('registration of the commands', () => {
  it('writes the commands once, in both languages, and writes nothing when they are unchanged', async () => {
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

  it.each([
    ['a description', { description: 'Yesterday’s' }],
    ['a translation', { name_localizations: { fr: 'hier' } }],
    ['an option', { options: [] }],
  ])('rewrites them in one call when %s at Discord differs', async (_what, other) => {
    const first = await startWithCommands();
    const present = first.discord.commands().map(({ name, type, description, options, ...rest }) => {
      const { name_localizations, description_localizations } = rest;
      const definition = { name, type, description, name_localizations, description_localizations };
      return { ...definition, ...(options && { options }), ...(name === 'userinfo' && other) };
    });
    const { apiUrl, applicationId, guildId, token } = first.discord;
    const url = `${apiUrl}/v10/applications/${applicationId}/guilds/${guildId}/commands`;
    const headers = { authorization: `Bot ${token}`, 'content-type': 'application/json' };
    const written = await fetch(url, { method: 'PUT', headers, body: JSON.stringify(present) });
    expect(written.status).toBe(200);
    const second = await startTestBot({ environment: { DISCORD_API_URL: apiUrl } });
    expect(await second.journal.line('commands')).toMatchObject({ outcome: 'registered' });
    expect(first.discord.commands()).toMatchObject([
      { name: 'userinfo', description: 'What Moddy knows about your account', name_localizations: { fr: 'infos' } },
      { name: 'subscription' },
    ]);
    const writes = first.discord
      .requests()
      .filter(({ method, path }) => method !== 'GET' && path.includes('/commands'));
    expect(writes).toHaveLength(3);
  });

  it('is retried until Discord accepts it', async () => {
    const prepare: TestBotOptions['prepare'] = (discord) => {
      discord.fail({ method: 'PUT', path: '/applications/*', answer: { status: 500 }, times: 2 });
    };
    const { journal } = await startTestBot({ prepare });
    expect(await journal.line('commands')).toMatchObject({ outcome: 'registered' });
  });
});
