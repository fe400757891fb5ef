import { describe, expect, it } from 'vitest';
import { account, fieldsOf, OWNER, startWithCommands, use } from '../testing/commands.ts';
import { MEMBER, OTHER_MEMBER, startTestBot } from '../testing/start-test-bot.ts';

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
    expect(message.content).toBe('You need the Manage Server permission to see another member’s account.');
    expect(message.embeds).toEqual([]);
  });

  it("shows another's account, its e-mail masked, to a manager of the server", async () => {
    const test = await startWithCommands();
    const message = await use(test, OWNER, 'userinfo', { user: MEMBER });
    expect(fieldsOf(message)).toMatchObject({ 'Adresse e-mail': '`u•••@•••.com`' });
    expect(JSON.stringify(message)).not.toContain('user@example.com');
  });

  it('shows nothing of another to the managers of a server of earlier days, which still offers the command', async () => {
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

  it('says that there is no account', async () => {
    const test = await startWithCommands();
    expect((await use(test, OWNER, 'userinfo')).content).toBe('Vous n’avez pas de compte sur le site.');
    test.backend.accounts.delete(MEMBER);
    const other = await use(test, OWNER, 'userinfo', { user: MEMBER });
    expect(other.content).toBe('Ce membre n’a pas de compte sur le site.');
  });

  it('apologises when the website is not responding, or about somebody else', async () => {
    const test = await startWithCommands();
    test.backend.accounts.set(MEMBER, account(OTHER_MEMBER));
    expect((await use(test, MEMBER, 'userinfo')).content).toContain('le site ne répond pas');
    test.backend.breakDown();
    expect((await use(test, OTHER_MEMBER, 'userinfo')).content).toContain('the website is not responding');
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
