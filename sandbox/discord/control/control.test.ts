import { describe, expect, it } from 'vitest';
import { call, openDm, startSandbox } from '../fixture.ts';
import type { SandboxDiscord } from '../start-discord.ts';
import { startDiscord } from '../start-discord.ts';
import { MEMBER_ID, OTHER_MEMBER_ID, OUTSIDER_ID, PLAN_ROLE_ID } from '../world/seed.ts';

const control = async (discord: SandboxDiscord, path: string, sent?: object) => {
  const response = await fetch(`${discord.webUrl}/_sandbox/discord/${path}`, {
    ...(sent ? { method: 'POST', body: JSON.stringify(sent) } : {}),
  });
  const body: unknown = await response.json();
  return { status: response.status, body };
};

describe('control endpoints', () => {
  it('call the methods of the sandbox', async () => {
    const discord = await startSandbox();
    expect(await control(discord, 'join', { userId: OUTSIDER_ID })).toEqual({ status: 200, body: {} });
    await control(discord, 'add-role', { userId: OUTSIDER_ID, roleId: PLAN_ROLE_ID });
    expect((await control(discord, `roles/${OUTSIDER_ID}`)).body).toEqual({ roles: [PLAN_ROLE_ID] });
    await control(discord, 'advance', { ms: 3_600_000 });
    expect(discord.now()).toBeGreaterThan(Date.now() + 3_500_000);
    await control(discord, 'fail', { path: '/users/@me', answer: { status: 502 } });
    expect((await call(discord, 'GET', '/users/@me')).status).toBe(502);
    await control(discord, 'set-rate-limits', { routes: [{ path: '/gateway', limit: 0, windowMs: 1000 }] });
    expect((await call(discord, 'GET', '/gateway')).status).toBe(429);
    await control(discord, 'set-locale', { userId: OTHER_MEMBER_ID, locale: 'fr' });
    expect((await control(discord, 'state')).body).toMatchObject({
      users: [{}, { id: OTHER_MEMBER_ID, locale: 'fr' }, {}, {}, {}],
    });
    expect((await control(discord, 'reset-token', {})).body).toEqual({ token: discord.token });
  });

  it('400 for a missing or invalid field, 409 for an impossible action', async () => {
    const discord = await startSandbox();
    expect(await control(discord, 'advance', {})).toEqual({ status: 400, body: { error: 'ms is missing.' } });
    expect((await control(discord, 'set-locale', { userId: MEMBER_ID, locale: 'xx' })).status).toBe(400);
    expect((await control(discord, 'join', { userId: '1' })).status).toBe(409);
  });

  it('stream every change and wait for messages', async () => {
    const discord = await startSandbox();
    const stream = await fetch(`${discord.webUrl}/_sandbox/discord/events`);
    const waiting = control(discord, 'wait-for-dm', { userId: MEMBER_ID, contains: 'Bonjour' });
    const channel = await openDm(discord, MEMBER_ID);
    await call(discord, 'POST', `/channels/${channel}/messages`, { content: 'Bonjour' });
    expect((await waiting).body).toMatchObject({ content: 'Bonjour' });
    let text = '';
    for await (const chunk of stream.body ?? []) {
      text += Buffer.from(chunk).toString();
      if (text.includes('event: message\n')) break;
    }
    expect(text).toContain('"content":"Bonjour"');
  });
});

describe('two sandboxes', () => {
  it('share no state', async () => {
    const [one, other] = await Promise.all([startSandbox(), startSandbox()]);
    one.addRole(MEMBER_ID, PLAN_ROLE_ID);
    one.advance(1_000_000);
    expect(other.rolesOf(MEMBER_ID)).toEqual([]);
    expect(other.now()).toBeLessThan(one.now());
  });

  it('close at once despite pending waits and streams', async () => {
    const discord = await startDiscord();
    const waiting = expect(discord.waitForDm(MEMBER_ID)).rejects.toThrow('closed');
    const stream = await fetch(`${discord.webUrl}/_sandbox/discord/events`);
    await discord.close();
    await waiting;
    await stream.body?.cancel().catch(() => undefined);
  });
});
