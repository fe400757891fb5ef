import { Events } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { login, newClient, startSandbox } from '../fixture.ts';

describe('a refused client', () => {
  it('4004 for a wrong token', async () => {
    const discord = await startSandbox();
    const closed = discord.waitFor((change) => change.type === 'gateway_refused');
    const socket = new WebSocket(`${discord.webUrl.replace('http', 'ws')}/gateway?v=10&encoding=json`);
    const code = new Promise((resolve) => socket.once('close', resolve));
    socket.once('message', () => socket.send('{"op":2,"d":{"token":"wrong","intents":1,"properties":{}}}'));
    expect(await code).toBe(4004);
    expect(await closed).toMatchObject({ code: 4004 });
  });

  it('rejects its login when REST does not know the token', async () => {
    const discord = await startSandbox();
    await expect(newClient(discord).login('wrong')).rejects.toThrow('An invalid token was provided.');
  });

  it('4014 for a privileged intent that is not switched on', async () => {
    const discord = await startSandbox();
    discord.setPrivilegedIntents({ guildMembers: false });
    await expect(newClient(discord).login(discord.token)).rejects.toThrow('Used disallowed intents');
  });

  it('4013 for intents that do not exist', async () => {
    const discord = await startSandbox();
    await expect(newClient(discord, [1 << 5, 1 << 18]).login(discord.token)).rejects.toThrow();
  });

  it('loses its connection when the token is reset', async () => {
    const discord = await startSandbox();
    const client = await login(discord);
    const disconnected = new Promise((resolve) => client.once(Events.ShardDisconnect, ({ code }) => resolve(code)));
    discord.resetToken();
    expect(await disconnected).toBe(4004);
    await expect(client.rest.get('/users/@me')).rejects.toMatchObject({ status: 401 });
  });
});
