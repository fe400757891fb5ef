import { Events } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { login, newClient, startSandbox } from '../fixture.ts';

describe('a rejected client', () => {
  it('gets 4004 for a wrong token', async () => {
    const discord = await startSandbox();
    const closed = discord.waitFor((change) => change.type === 'gateway_refused');
    const socket = new WebSocket(`${discord.webUrl.replace('http', 'ws')}/gateway?v=10&encoding=json`);
    const code = new Promise((resolve) => socket.once('close', resolve));
    socket.once('message', () => socket.send('{"op":2,"d":{"token":"wrong","intents":1,"properties":{}}}'));
    expect(await code).toBe(4004);
    expect(await closed).toMatchObject({ code: 4004 });
  });

  it('fails to log in when REST rejects the token', async () => {
    const discord = await startSandbox();
    await expect(newClient(discord).login('wrong')).rejects.toThrow('An invalid token was provided.');
  });

  it('gets 4014 for a privileged intent that is switched off', async () => {
    const discord = await startSandbox();
    discord.setPrivilegedIntents({ guildMembers: false });
    await expect(newClient(discord).login(discord.token)).rejects.toThrow('Used disallowed intents');
  });

  it('fails to log in with unknown intents', async () => {
    const discord = await startSandbox();
    await expect(newClient(discord, [1 << 5, 1 << 18]).login(discord.token)).rejects.toThrow();
  });

  it('loses its connection with 4004 when the token is reset', async () => {
    const discord = await startSandbox();
    const client = await login(discord);
    const disconnected = new Promise((resolve) => client.once(Events.ShardDisconnect, ({ code }) => resolve(code)));
    discord.resetToken();
    expect(await disconnected).toBe(4004);
    await expect(client.rest.get('/users/@me')).rejects.toMatchObject({ status: 401 });
  });
});
