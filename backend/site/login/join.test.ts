import type { components } from '@moddy/generated/bot-internal/types';
import { RequestError, RetryLater } from '@moddy/runtime/errors';
import { cleaningUp } from '@moddy/runtime/testing/cleaning-up';
import { beforeAll, describe, expect, it } from 'vitest';
import { eventually } from '../../testing/eventually.ts';
import { MONTHLY, startTestSite, type TestSite } from '../testing/start-test-site.ts';
import type { Seen, Visitor } from '../testing/visitor.ts';

type AddMember = components['schemas']['InternalAddMemberResponse'];
const INVITE = 'https://discord.gg/moddy';

describe('joining the server after a payment', () => {
  let site: TestSite;
  beforeAll(
    cleaningUp(async (end) => {
      site = await startTestSite({ JOIN_ON_LOGIN: 'true', DISCORD_INVITE_URL: INVITE }, end);
    }),
  );
  /** A user who has paid and is not on the server. */
  const subscriber = async (): Promise<{ visitor: Visitor; discordId: string; page: Seen }> => {
    const { id: discordId } = site.discord.addUser();
    const visitor = site.visitor();
    // As a browser does it: Discord remembers who agreed.
    const consent = await visitor.get('/login');
    await visitor.post(consent.url, { user_id: discordId });
    site.bot.next(
      () => ({ notifyUser: { success: false, message: 'x', notification_sent: false, reason: 'no_mutual_guild' } }),
      () => ({ updateUserRole: { success: false, message: 'x', roles_updated: false, reason: 'not_in_guild' } }),
    );
    site.stripe.subscribe({ discordId, price: MONTHLY });
    const page = await eventually(
      () => visitor.get('/checkout/success'),
      ({ text }) => text.includes('not on the Discord server yet') && text.includes('when you join the server'),
    );
    return { visitor, discordId, page };
  };
  /** One token was sent; it is in no log, and Discord knows it no longer. */
  const expectSpent = async (tokens: readonly string[]) => {
    expect(tokens).toHaveLength(1);
    expect(JSON.stringify(site.logged)).not.toContain(tokens[0]);
    const authorization = `Bearer ${tokens[0]}`;
    expect((await fetch(`${site.discord.apiUrl}/v10/users/@me`, { headers: { authorization } })).status).toBe(401);
  };

  it('requests guilds.join at the login', async () => {
    const left = await site.visitor().get('/login', { follow: 0 });
    expect(new URL(left.headers.get('location') ?? '').searchParams.get('scope')).toBe('identify email guilds.join');
  });

  it('passes through Discord without a prompt, and the bot gets the token once', async () => {
    const { visitor, discordId, page } = await subscriber();
    expect(page.headers.get('refresh')).toBe('2;url=/join?back=success');
    expect(page.text).toContain('href="/join?back=success"');
    const tokens: string[] = [];
    site.bot.control.addMember = ({ discord_id, access_token }) => {
      expect(discord_id).toBe(discordId);
      tokens.push(access_token);
      return { success: true, message: 'The user is a member', member_added: true };
    };
    const joined = await visitor.get('/join?back=success');
    expect(joined.url.pathname + joined.url.search).toBe('/checkout/success?join=done');
    expect(joined.text).toContain('Your role on Discord is on its way');
    expect(joined.text).toContain('A direct message from Moddy is on its way');
    expect(joined.headers.get('refresh')).toBe('2;url=/checkout/success?looks=1&join=done');
    await expectSpent(tokens);
  });

  it.each<[string, AddMember['reason'] | Error]>([
    ['a ban', 'banned'],
    ['a full server', 'guild_full'],
    ['a user in too many servers', 'too_many_guilds'],
    ['a missing scope', 'token_rejected'],
    ['an unknown reason', 'other'],
    ['a bot that answers 503', new RetryLater('Discord is not available', 5)],
    ['a bot that answers 422', new RequestError(422, 'x')],
  ])('falls back to the invite link after %s', async (_name, fault) => {
    const { visitor } = await subscriber();
    const tokens: string[] = [];
    site.bot.control.addMember = ({ access_token }) => {
      tokens.push(access_token);
      if (fault instanceof Error) throw fault;
      return { success: false, message: 'x', member_added: false, reason: fault ?? 'other' };
    };
    const back = await visitor.get('/join?back=success');
    expect(back.url.search).toBe('?join=failed');
    expect(back.text).toContain('Discord could not add you to the server');
    expect(back.text).toContain(`href="${INVITE}"`);
    expect(back.headers.get('refresh')).toBeNull();
    const account = await visitor.get('/account?join=failed');
    expect(account.text).toContain(`href="${INVITE}"`);
    await expectSpent(tokens);
  });

  it('falls back to the invite link with a bot of 1.0.0, and logs its older version', async () => {
    const { visitor } = await subscriber();
    site.bot.control.lacks = ['addMember'];
    const back = await visitor.get('/join?back=account');
    site.bot.control.lacks = [];
    expect(back.url.pathname + back.url.search).toBe('/account?join=failed');
    expect(site.logged).toContainEqual(
      expect.objectContaining({
        message: 'a member could not be added',
        detail: expect.stringContaining('older version'),
      }),
    );
  });

  it('adds no member when another user returns or the user declines', async () => {
    const { visitor } = await subscriber();
    let calls = 0;
    site.bot.control.addMember = () => {
      calls += 1;
      return { success: true, message: 'x', member_added: true };
    };
    const stranger = site.discord.addUser().id;
    for (const who of [stranger, null]) {
      const left = await visitor.get('/join', { follow: 0 });
      const back = await visitor.get(site.discord.authorize(left.headers.get('location') ?? '', who));
      expect(back.url.search).toBe('?join=failed');
      expect((await visitor.get('/account')).status).toBe(200);
    }
    expect(calls).toBe(0);
  });

  it('401 for a visitor who is not logged in', async () => {
    expect((await site.visitor().get('/join')).status).toBe(401);
  });

  it('falls back to the invite link while the bot is unreachable', async () => {
    const { visitor } = await subscriber();
    await site.bot.close();
    const back = await visitor.get('/join?back=success');
    expect(back.url.search).toBe('?join=failed');
    expect(back.text).toContain(`href="${INVITE}"`);
  });
});

it('pages show only the invite link without JOIN_ON_LOGIN, and none without DISCORD_INVITE_URL', async () => {
  const linked = await startTestSite({ DISCORD_INVITE_URL: INVITE });
  const plain = await startTestSite();
  for (const [site, has] of [
    [linked, true],
    [plain, false],
  ] as const) {
    const { id: discordId } = site.discord.addUser();
    const visitor = site.visitor();
    await site.logIn(visitor, discordId);
    site.bot.next(
      () => ({ notifyUser: { success: false, message: 'x', notification_sent: false, reason: 'no_mutual_guild' } }),
      () => ({ updateUserRole: { success: false, message: 'x', roles_updated: false, reason: 'not_in_guild' } }),
    );
    site.stripe.subscribe({ discordId, price: MONTHLY });
    const page = await eventually(
      () => visitor.get('/checkout/success'),
      ({ text }) => text.includes('not on the Discord server yet'),
    );
    expect(page.text.includes(`href="${INVITE}"`)).toBe(has);
    expect(page.text).not.toContain('/join');
    expect((await visitor.get('/join')).status).toBe(404);
    expect((await visitor.get('/account')).text.includes(`href="${INVITE}"`)).toBe(has);
  }
});
