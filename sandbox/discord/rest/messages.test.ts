import { Routes } from 'discord-api-types/v10';
import { describe, expect, it } from 'vitest';
import { call, login, newRest, openDm, rejectionOf, startSandbox } from '../fixture.ts';
import { CHANNEL_ID, MEMBER_ID, OTHER_MEMBER_ID, OUTSIDER_ID } from '../world/seed.ts';

describe('direct messages', () => {
  it('are sent through discord.js with an embed and a button', async () => {
    const discord = await startSandbox();
    const client = await login(discord);
    const user = await client.users.fetch(MEMBER_ID);
    const button = { type: 2, style: 5, label: 'Gérer', url: 'https://example.com/' };
    await user.send({
      content: 'Bonjour',
      embeds: [{ title: 'Moddy Max' }],
      components: [{ type: 1, components: [button] }],
    });
    const sent = await discord.waitForDm(MEMBER_ID, (message) => message.content === 'Bonjour');
    expect(sent).toMatchObject({
      embeds: [{ type: 'rich', title: 'Moddy Max' }],
      components: [{ components: [button] }],
    });
  });

  it('get 50007 when closed, on sending or on opening the channel', async () => {
    const discord = await startSandbox();
    const channel = await openDm(discord, MEMBER_ID);
    discord.closeDms(MEMBER_ID);
    const send = () => rejectionOf(call(discord, 'POST', `/channels/${channel}/messages`, { content: 'x' }));
    expect(await send()).toEqual([403, 50007]);
    discord.closeDms(MEMBER_ID, true);
    const open = call(discord, 'POST', '/users/@me/channels', { recipient_id: MEMBER_ID });
    expect(await rejectionOf(open)).toEqual([400, 50007]);
    discord.openDms(MEMBER_ID);
    expect((await call(discord, 'POST', `/channels/${channel}/messages`, { content: 'x' })).status).toBe(200);
  });

  it('get 50278 without a mutual server, 50033 for an unknown recipient, 40003 when opened too fast', async () => {
    const discord = await startSandbox();
    const channel = await openDm(discord, OUTSIDER_ID);
    const sent = call(discord, 'POST', `/channels/${channel}/messages`, { content: 'x' });
    expect(await rejectionOf(sent)).toEqual([403, 50278]);
    const open = (id: string) => rejectionOf(call(discord, 'POST', '/users/@me/channels', { recipient_id: id }));
    expect(await open('1')).toEqual([400, 50033]);
    discord.setRateLimits({ newDirectChannels: { limit: 0, windowMs: 600_000 } });
    expect(await open(MEMBER_ID)).toEqual([403, 40003]);
    expect(await openDm(discord, OUTSIDER_ID)).toBe(channel);
  });

  it('with the same enforced nonce are one message for a few minutes', async () => {
    const discord = await startSandbox();
    const rest = newRest(discord);
    const channel = await openDm(discord, MEMBER_ID);
    const body = { content: 'Bonjour', nonce: 'delivery-1', enforce_nonce: true };
    const first = await rest.post(Routes.channelMessages(channel), { body });
    discord.advance(60_000);
    expect(await rest.post(Routes.channelMessages(channel), { body })).toEqual(first);
    expect(discord.directMessages(MEMBER_ID)).toHaveLength(1);
    discord.advance(5 * 60_000);
    await rest.post(Routes.channelMessages(channel), { body });
    expect(discord.directMessages(MEMBER_ID)).toHaveLength(2);
  });

  it('get 50035 with every fault, 50006 when empty, 10003 for an unknown channel', async () => {
    const discord = await startSandbox();
    const channel = await openDm(discord, MEMBER_ID);
    const path = `/channels/${channel}/messages`;
    const wrong = { content: 'x'.repeat(2001), nonce: 'y'.repeat(26), embeds: [{ title: 't'.repeat(257) }] };
    const response = await call(discord, 'POST', path, wrong);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({
      code: 50035,
      message: 'Invalid Form Body',
      errors: {
        content: { _errors: [{ code: 'BASE_TYPE_MAX_LENGTH' }] },
        nonce: { _errors: [{ code: 'BASE_TYPE_MAX_LENGTH' }] },
        embeds: { 0: { title: { _errors: [{ code: 'BASE_TYPE_MAX_LENGTH' }] } } },
      },
    });
    expect(await rejectionOf(call(discord, 'POST', path, {}))).toEqual([400, 50006]);
    expect(await rejectionOf(call(discord, 'POST', '/channels/1/messages', { content: 'x' }))).toEqual([404, 10003]);
  });

  it('are listed newest first, before, after and around', async () => {
    const discord = await startSandbox();
    const rest = newRest(discord);
    const channel = await openDm(discord, MEMBER_ID);
    for (const content of ['1', '2', '3', '4', '5'])
      await rest.post(Routes.channelMessages(channel), { body: { content } });
    const ids = discord.directMessages(MEMBER_ID).map(({ id }) => id);
    const listed = async (query: string) => {
      const page: unknown = await rest.get(`${Routes.channelMessages(channel)}?${query}`);
      return Array.isArray(page) ? page.map(({ content }) => content) : page;
    };
    expect(await listed('')).toEqual(['5', '4', '3', '2', '1']);
    expect(await listed('limit=2')).toEqual(['5', '4']);
    expect(await listed(`limit=2&before=${ids[3]}`)).toEqual(['3', '2']);
    expect(await listed(`limit=2&after=${ids[1]}`)).toEqual(['4', '3']);
    expect(await listed(`limit=3&around=${ids[2]}`)).toEqual(['4', '3', '2']);
  });

  it('mention the users in the text that allowed_mentions allows', async () => {
    const discord = await startSandbox();
    const rest = newRest(discord);
    const content = `<@${MEMBER_ID}> <@${OTHER_MEMBER_ID}>`;
    const path = Routes.channelMessages(CHANNEL_ID);
    expect(await rest.post(path, { body: { content } })).toMatchObject({ mentions: [{}, {}] });
    expect(await rest.post(path, { body: { content, allowed_mentions: { parse: [] } } })).toMatchObject({
      mentions: [],
    });
  });
});
