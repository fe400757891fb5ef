import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { jsonOf, startSandbox } from '../fixture.ts';
import type { SandboxDiscord } from '../start-discord.ts';
import { APPLICATION_ID, CLIENT_SECRET, MEMBER_ID } from '../world/seed.ts';

const redirectUri = 'http://127.0.0.1:8081/login/callback';
const verifier = 'a'.repeat(64);

function authorizeUrl(discord: SandboxDiscord, changed: Record<string, string> = {}): string {
  const query = new URLSearchParams({
    client_id: APPLICATION_ID,
    response_type: 'code',
    redirect_uri: redirectUri,
    scope: 'identify email',
    state: 'state-1',
    code_challenge: createHash('sha256').update(verifier).digest('base64url'),
    code_challenge_method: 'S256',
    ...changed,
  });
  return `${discord.webUrl}/oauth2/authorize?${query}`;
}

const token = (discord: SandboxDiscord, fields: Record<string, string>, secret = CLIENT_SECRET): Promise<Response> =>
  fetch(`${discord.apiUrl}/oauth2/token`, {
    method: 'POST',
    headers: { authorization: `Basic ${Buffer.from(`${APPLICATION_ID}:${secret}`).toString('base64')}` },
    body: new URLSearchParams(fields),
  });

const exchange = (discord: SandboxDiscord, code: string) =>
  token(discord, { grant_type: 'authorization_code', code, redirect_uri: redirectUri, code_verifier: verifier });

const me = (discord: SandboxDiscord, accessToken: unknown): Promise<Response> =>
  fetch(`${discord.apiUrl}/users/@me`, { headers: { authorization: `Bearer ${accessToken}` } });

const codeFor = (discord: SandboxDiscord, changed?: Record<string, string>): string =>
  new URL(discord.authorize(authorizeUrl(discord, changed), MEMBER_ID)).searchParams.get('code') ?? '';

describe('the authorization page', () => {
  it('offers each user and Cancel, and redirects with code and state', async () => {
    const discord = await startSandbox();
    const page = await (await fetch(authorizeUrl(discord))).text();
    expect(page).toContain(`value="${MEMBER_ID}"`);
    expect(page).toContain('Cancel');
    const decided = await fetch(authorizeUrl(discord), {
      method: 'POST',
      body: new URLSearchParams({ user_id: MEMBER_ID }),
      redirect: 'manual',
    });
    expect(decided.status).toBe(302);
    const target = new URL(decided.headers.get('location') ?? '');
    expect(target.origin + target.pathname).toBe(redirectUri);
    expect(target.searchParams.get('state')).toBe('state-1');
    const cancelled = new URL(discord.authorize(authorizeUrl(discord), null));
    expect(cancelled.searchParams.get('error')).toBe('access_denied');
  });

  it('400 for an unknown client, scope or redirect', async () => {
    const discord = await startSandbox();
    discord.setRedirectUris([redirectUri]);
    expect((await fetch(authorizeUrl(discord))).status).toBe(200);
    for (const changed of [{ client_id: '1' }, { scope: 'everything' }, { redirect_uri: 'http://127.0.0.1/other' }]) {
      expect((await fetch(authorizeUrl(discord, changed))).status).toBe(400);
    }
  });
});

describe('an authorization code', () => {
  it('is exchanged once for a token, which reads the user, is refreshed and is revoked', async () => {
    const discord = await startSandbox();
    const code = codeFor(discord);
    const granted = await jsonOf(await exchange(discord, code));
    expect(granted).toMatchObject({ token_type: 'Bearer', scope: 'identify email', expires_in: 604_800 });
    expect(await (await me(discord, granted.access_token)).json()).toMatchObject({
      id: MEMBER_ID,
      email: 'user@example.com',
      verified: true,
      locale: 'fr',
    });
    expect(await (await exchange(discord, code)).json()).toMatchObject({ error: 'invalid_grant' });

    const renewed = await jsonOf(
      await token(discord, { grant_type: 'refresh_token', refresh_token: String(granted.refresh_token) }),
    );
    expect((await me(discord, granted.access_token)).status).toBe(401);
    expect((await me(discord, renewed.access_token)).status).toBe(200);

    const client = { client_id: APPLICATION_ID, client_secret: CLIENT_SECRET };
    const body = new URLSearchParams({ ...client, token: String(renewed.refresh_token) });
    expect((await fetch(`${discord.apiUrl}/oauth2/token/revoke`, { method: 'POST', body })).status).toBe(200);
    expect((await me(discord, renewed.access_token)).status).toBe(401);
  });

  it('grants no e-mail without its scope, and a token for a week', async () => {
    const discord = await startSandbox();
    const granted = await jsonOf(await exchange(discord, codeFor(discord, { scope: 'identify' })));
    expect(await (await me(discord, granted.access_token)).json()).not.toHaveProperty('email');
    discord.advance(604_800_000);
    expect((await me(discord, granted.access_token)).status).toBe(401);
  });

  it('400 with another verifier or after it expires, 401 with a wrong client secret', async () => {
    const discord = await startSandbox();
    const fields = { grant_type: 'authorization_code', redirect_uri: redirectUri };
    const wrong = await token(discord, { ...fields, code: codeFor(discord), code_verifier: 'b'.repeat(64) });
    expect([wrong.status, await wrong.json()]).toMatchObject([400, { error: 'invalid_grant' }]);
    const old = codeFor(discord);
    discord.advance(600_000);
    expect((await exchange(discord, old)).status).toBe(400);
    expect((await token(discord, { ...fields, code: 'x' }, 'wrong')).status).toBe(401);
  });
});

describe('an invite', () => {
  it('lets the chosen user join once', async () => {
    const discord = await startSandbox();
    const { id } = discord.addUser({ username: 'outside' });
    const url = `${discord.webUrl}/invite/moddy`;
    expect(await (await fetch(url)).text()).toContain(`Join as outside (${id})`);
    const accept = () => fetch(url, { method: 'POST', body: new URLSearchParams({ user_id: id }) });
    expect(await (await accept()).text()).toContain('You are on the server now.');
    expect(discord.isMember(id)).toBe(true);
    expect((await accept()).status).toBe(400);
  });
});
