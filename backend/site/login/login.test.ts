import { cleaningUp } from '@moddy/runtime/testing/cleaning-up';
import { beforeAll, describe, expect, it } from 'vitest';
import { findByDiscordId } from '../../billing/find-by-discord-id.ts';
import { eq } from '../../database/drizzle.ts';
import { sessions, users } from '../../database/schema.ts';
import { MEMBER, MONTHLY, startTestSite, type TestSite } from '../testing/start-test-site.ts';

describe('logging in with Discord', () => {
  let site: TestSite;
  beforeAll(
    cleaningUp(async (end) => {
      site = await startTestSite({}, end);
    }),
  );
  const db = () => site.backend.database.orm;

  it('sends the visitor to Discord with state, PKCE and just two scopes', async () => {
    const left = await site.visitor().get('/login', { follow: 0 });
    const url = new URL(left.headers.get('location') ?? '');
    expect(url.origin + url.pathname).toBe(`${site.discord.webUrl}/oauth2/authorize`);
    expect(Object.fromEntries(url.searchParams)).toMatchObject({
      response_type: 'code',
      scope: 'identify email',
      code_challenge_method: 'S256',
      redirect_uri: `${site.publicUrl}/login/callback`,
    });
    expect(url.searchParams.get('state')?.length).toBeGreaterThan(20);
  });

  it('200 with the user created and shown, and only a digest of the session stored', async () => {
    const visitor = site.visitor();
    const account = await site.logIn(visitor, MEMBER);
    expect(account.status).toBe(200);
    expect(account.url.pathname).toBe('/account');
    expect(account.text).toContain('Alice');
    expect((await findByDiscordId(db(), MEMBER))?.user).toMatchObject({ email: 'user@example.com', locale: 'fr' });
    const token = visitor.cookies().get('session');
    const rows = await db().select().from(sessions);
    expect(JSON.stringify(rows)).not.toContain(token);
    // The token Discord gave is handed back: nothing is asked of Discord later.
    expect(site.discord.requests().filter(({ path }) => path.includes('oauth2/token'))).toHaveLength(2);
  });

  it('ignores an unverified e-mail address and keeps a stored one', async () => {
    const { id } = site.discord.addUser({ username: 'unverified', verified: false });
    await site.logIn(site.visitor(), id);
    expect((await findByDiscordId(db(), id))?.user.email).toBeNull();
    await db().update(users).set({ email: 'kept@example.com' }).where(eq(users.discordId, id));
    await site.logIn(site.visitor(), id);
    expect((await findByDiscordId(db(), id))?.user.email).toBe('kept@example.com');
  });

  it('continues to the chosen price, and to no foreign address', async () => {
    const chosen = await site.logIn(site.visitor(), MEMBER, `/login?price=${MONTHLY}`);
    expect(chosen.url.pathname + chosen.url.search).toBe(`/subscribe?price=${MONTHLY}`);
    const foreign = await site.logIn(site.visitor(), MEMBER, '/login?price=https://elsewhere.example');
    expect(foreign.url.pathname).toBe('/account');
  });

  it('returns each of several tabs to its own page', async () => {
    const visitor = site.visitor();
    const tabs = await Promise.all(
      ['/login', `/login?price=${MONTHLY}`, '/login'].map((path) => visitor.get(path, { follow: 0 })),
    );
    const answers = tabs.map(({ headers }) => site.discord.authorize(headers.get('location') ?? '', MEMBER));
    const seen = [];
    for (const answer of answers) seen.push(await visitor.get(answer));
    expect(seen.map(({ status, url }) => [status, url.pathname])).toEqual([
      [200, '/account'],
      [200, '/subscribe'],
      [200, '/account'],
    ]);
  });

  it('keeps at most five pending logins', async () => {
    const visitor = site.visitor();
    for (let at = 0; at < 30; at += 1) await visitor.get('/login', { follow: 0 });
    const kept = [...visitor.cookies().keys()].filter((name) => name.includes('login'));
    expect(kept.length).toBeLessThanOrEqual(5);
    expect((await site.logIn(visitor, MEMBER)).status).toBe(200);
  });

  it('403 with an explanation when the user declines at Discord', async () => {
    const page = await site.logIn(site.visitor(), null);
    expect(page.status).toBe(403);
    expect(page.text).toContain('You did not log in');
  });

  it('offers the order again after a declined login or an ended session', async () => {
    const visitor = site.visitor();
    const next = `href="${site.publicUrl}/login?price=${MONTHLY}"`;
    expect((await site.logIn(visitor, null, `/login?price=${MONTHLY}`)).text).toContain(next);
    const order = await site.logIn(visitor, MEMBER, `/login?price=${MONTHLY}`);
    await db().delete(sessions);
    const expired = await visitor.submit(order, '/checkout');
    expect(expired.status).toBe(401);
    expect(expired.text).toContain(next);
  });

  it('400 when the state is missing, wrong or used before', async () => {
    const visitor = site.visitor();
    const left = await visitor.get('/login', { follow: 0 });
    const back = new URL(site.discord.authorize(left.headers.get('location') ?? '', MEMBER));
    const without = new URL(back);
    without.searchParams.delete('state');
    expect((await visitor.get(without)).status).toBe(400);

    const other = site.visitor();
    await other.get('/login', { follow: 0 });
    const page = await other.get(back);
    expect(page.status).toBe(400);
    expect(page.text).toContain('This login has expired');

    const good = site.visitor();
    const gone = await good.get('/login', { follow: 0 });
    const answer = site.discord.authorize(gone.headers.get('location') ?? '', MEMBER);
    expect((await good.get(answer)).status).toBe(200);
    expect((await good.get(answer)).status).toBe(400);
    // A callback without a pending login, with a code of its own, logs nobody in.
    expect((await site.visitor().get(answer)).status).toBe(400);
  });

  it('400 when the code was already used', async () => {
    const first = site.visitor();
    const left = await first.get('/login', { follow: 0 });
    const back = new URL(site.discord.authorize(left.headers.get('location') ?? '', MEMBER));
    const [[name, kept] = ['', '']] = first.cookies();
    await first.get(back);
    // The same browser state again: we can no longer tell that it was used, but Discord rejects the code.
    first.cookies().set(name, kept);
    const page = await first.get(back);
    expect(page.status).toBe(400);
  });

  it('503 when Discord answers 5xx or drops the connection', async () => {
    const fail = async (path: string, status: number) => {
      site.discord.fail({ path, answer: { status } });
      const page = await site.logIn(site.visitor(), MEMBER);
      expect(page.text).toContain('Discord is not responding');
      return page.status;
    };
    expect(await fail('/oauth2/token', 503)).toBe(503);
    expect(await fail('/users/@me', 502)).toBe(503);
    site.discord.fail({ path: '/oauth2/token', end: 'drop' });
    expect((await site.logIn(site.visitor(), MEMBER)).status).toBe(503);
    site.discord.clearFaults();
  });

  it('502 when Discord does not answer with a user', async () => {
    site.discord.fail({ path: '/users/@me', answer: { status: 200, body: { id: 'not digits' } } });
    expect((await site.logIn(site.visitor(), MEMBER)).status).toBe(502);
  });

  it('starts a new session at every login and replaces the previous one, even a planted one', async () => {
    const visitor = site.visitor();
    await site.logIn(visitor, MEMBER);
    const before = visitor.cookies().get('session') ?? '';
    await site.logIn(visitor, MEMBER);
    expect(visitor.cookies().get('session')).not.toBe(before);
    const thief = site.visitor();
    thief.cookies().set('session', before);
    expect((await thief.get('/account')).status).toBe(401);

    const planted = site.visitor();
    planted.cookies().set('session', 'chosen-by-somebody-else');
    await site.logIn(planted, MEMBER);
    expect(planted.cookies().get('session')).not.toBe('chosen-by-somebody-else');
  });

  it('ends the session at logout, in the database too', async () => {
    const visitor = site.visitor();
    const account = await site.logIn(visitor, MEMBER);
    const token = visitor.cookies().get('session') ?? '';
    const home = await visitor.submit(account, '/logout');
    expect(home.url.pathname).toBe('/');
    visitor.cookies().set('session', token);
    expect((await visitor.get('/account')).status).toBe(401);
  });

  it('401 when the session has expired, and the next login deletes expired sessions', async () => {
    const visitor = site.visitor();
    await site.logIn(visitor, MEMBER);
    await db()
      .update(sessions)
      .set({ expiresAt: new Date(0) });
    const page = await visitor.get('/account');
    expect(page.status).toBe(401);
    expect(page.text).toContain('Your session has expired');
    expect(visitor.cookies().has('session')).toBe(false);
    await site.logIn(site.visitor(), MEMBER);
    expect(await db().select().from(sessions)).toHaveLength(1);
  });
});

describe('logging in without its configuration', () => {
  it('503, and the plans are still shown', async () => {
    const site = await startTestSite({
      DISCORD_CLIENT_ID: '',
      DISCORD_CLIENT_SECRET: '',
      SESSION_SECRET: '',
    });
    expect((await site.visitor().get('/login')).status).toBe(503);
    const home = await site.visitor().get('/');
    expect(home.status).toBe(200);
    expect(home.text).not.toContain('/login');
    expect((await site.visitor().get('/account')).status).toBe(503);
  });
});

describe('repeated logins', () => {
  it('429 after sixty starts in five minutes from one address', async () => {
    const site = await startTestSite();
    const statuses: number[] = [];
    for (let at = 0; at < 61; at += 1) statuses.push((await site.visitor().get('/login', { follow: 0 })).status);
    expect(statuses.slice(0, 60).every((status) => status === 302)).toBe(true);
    expect(statuses.at(-1)).toBe(429);
  });
});
