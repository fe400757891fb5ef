import { describe, expect, it } from 'vitest';
import { account, fieldsOf, OWNER, startWithCommands, use } from '../testing/commands.ts';
import { MEMBER, OTHER_MEMBER, startTestBot } from '../testing/start-test-bot.ts';

describe('/userinfo', () => {
  it("shows a user's own account in full and in their language", async () => {
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

  it('rejects a member without Manage Server before it asks the website for another account', async () => {
    const test = await startWithCommands();
    test.backend.breakDown();
    const message = await use(test, OTHER_MEMBER, 'userinfo', { user: MEMBER });
    expect(message.content).toBe('You need the Manage Server permission to see another member’s account.');
    expect(message.embeds).toEqual([]);
  });

  it("shows a server manager another member's account with its e-mail masked", async () => {
    const test = await startWithCommands();
    const message = await use(test, OWNER, 'userinfo', { user: MEMBER });
    expect(fieldsOf(message)).toMatchObject({ 'Adresse e-mail': '`u•••@•••.com`' });
    expect(JSON.stringify(message)).not.toContain('user@example.com');
  });

  it('rejects managers of a former server that still has the command', async () => {
    const earlier = await startWithCommands();
    await earlier.bot.stop();
    const { apiUrl, token } = earlier.discord;
    const environment = { DISCORD_API_URL: apiUrl, DISCORD_TOKEN: token, DISCORD_GUILD_ID: '777000000000000000' };
    const now = await startTestBot({ environment });
    now.backend.accounts.set(MEMBER, account(MEMBER));
    const message = await use(earlier, OWNER, 'userinfo', { user: MEMBER });
    expect(message.embeds).toEqual([]);
    expect(message.content).toContain('Il faut la permission de gérer le serveur');
  });

  it('says that the user or the other member has no account', async () => {
    const test = await startWithCommands();
    expect((await use(test, OWNER, 'userinfo')).content).toBe('Vous n’avez pas de compte sur le site.');
    test.backend.accounts.delete(MEMBER);
    const other = await use(test, OWNER, 'userinfo', { user: MEMBER });
    expect(other.content).toBe('Ce membre n’a pas de compte sur le site.');
  });

  it('reports the website as unavailable when it fails or answers about another user', async () => {
    const test = await startWithCommands();
    test.backend.accounts.set(MEMBER, account(OTHER_MEMBER));
    expect((await use(test, MEMBER, 'userinfo')).content).toContain('le site ne répond pas');
    test.backend.breakDown();
    expect((await use(test, OTHER_MEMBER, 'userinfo')).content).toContain('the website is not responding');
  });

  it('shares its deadline with /subscription, which reports a hanging website as unavailable', async () => {
    const test = await startWithCommands({ timings: { accountDeadlineMs: 50 } });
    const release = test.backend.hang();
    expect((await use(test, MEMBER, 'subscription')).content).toContain('le site ne répond pas');
    release();
  });

  it('shows an e-mail that contains Markdown as one code span', async () => {
    const test = await startWithCommands();
    const email = '`@everyone`[x](https://evil.example)@example.com';
    test.backend.accounts.set(MEMBER, { ...account(MEMBER), email });
    expect(fieldsOf(await use(test, MEMBER, 'userinfo'))['Adresse e-mail']).toMatch(/^`[^`]+`$/);
  });
});
