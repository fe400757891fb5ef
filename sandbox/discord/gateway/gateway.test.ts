import { Events, GatewayIntentBits } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { login, startSandbox, usualIntents } from '../fixture.ts';
import { CHANNEL_ID, GUILD_ID, MEMBER_ID, OUTSIDER_ID, PLAN_ROLE_ID } from '../world/seed.ts';

const joined = (client: Awaited<ReturnType<typeof login>>) =>
  new Promise<string>((resolve) => client.once(Events.GuildMemberAdd, (member) => resolve(member.id)));

describe('a session', () => {
  it('is ready with the guild and dispatches joins, role changes and leaves', async () => {
    const discord = await startSandbox();
    const client = await login(discord);
    expect(client.user?.username).toBe('moddy');
    expect(client.guilds.cache.get(GUILD_ID)?.members.cache.size).toBe(1);
    const guild = await client.guilds.fetch(GUILD_ID);
    expect((await guild.members.fetch()).size).toBe(4);

    const join = joined(client);
    discord.join(OUTSIDER_ID);
    expect(await join).toBe(OUTSIDER_ID);

    const updated = new Promise<[boolean, boolean]>((resolve) => {
      client.once(Events.GuildMemberUpdate, (before, after) => {
        resolve([before.roles.cache.has(PLAN_ROLE_ID), after.roles.cache.has(PLAN_ROLE_ID)]);
      });
    });
    discord.addRole(MEMBER_ID, PLAN_ROLE_ID);
    expect(await updated).toEqual([false, true]);

    const left = new Promise((resolve) => client.once(Events.GuildMemberRemove, (member) => resolve(member.id)));
    discord.leave(OUTSIDER_ID);
    expect(await left).toBe(OUTSIDER_ID);
  });

  it('gets every event, also beside another session', async () => {
    const discord = await startSandbox();
    const clients = await Promise.all([login(discord), login(discord)]);
    const joins = clients.map(joined);
    discord.join(OUTSIDER_ID);
    expect(await Promise.all(joins)).toEqual([OUTSIDER_ID, OUTSIDER_ID]);
  });

  it('gets only the events of its intents, and no content without the message content intent', async () => {
    const discord = await startSandbox();
    discord.setPrivilegedIntents({ messageContent: true });
    const contents = (client: Awaited<ReturnType<typeof login>>) =>
      new Promise((resolve) => client.once(Events.MessageCreate, (message) => resolve(message.content)));
    const blind = await login(discord);
    const seeing = await login(discord, [...usualIntents, GatewayIntentBits.MessageContent]);
    const deaf = await login(discord, [GatewayIntentBits.Guilds]);
    let heard = 0;
    deaf.on(Events.MessageCreate, () => (heard += 1));
    const both = Promise.all([contents(blind), contents(seeing)]);
    discord.postMessage(CHANNEL_ID, MEMBER_ID, 'Bonjour');
    expect(await both).toEqual(['', 'Bonjour']);
    expect(heard).toBe(0);
  });

  it('is resumed after a dropped connection and gets each missed event once', async () => {
    const discord = await startSandbox();
    const client = await login(discord);
    const seen: string[] = [];
    client.on(Events.GuildMemberAdd, (member) => seen.push(member.id));
    const resumed = new Promise<number>((resolve) =>
      client.once(Events.ShardResume, (_, replayed) => resolve(replayed)),
    );
    const gone = discord.waitFor((change) => change.type === 'gateway' && change.state === 'disconnected');
    discord.dropGateway();
    await gone;
    discord.join(OUTSIDER_ID);
    // The client counts RESUMED as well.
    expect(await resumed).toBe(2);
    expect(seen).toEqual([OUTSIDER_ID]);
    expect(discord.sessions()).toHaveLength(1);
  });

  it('is resumed when Discord requests a reconnect', async () => {
    const discord = await startSandbox();
    const client = await login(discord);
    const resumed = new Promise((resolve) => client.once(Events.ShardResume, resolve));
    discord.reconnectGateway();
    await resumed;
    expect(discord.sessions()).toHaveLength(1);
  });

  it('is resumed on the same connection when opcode 9 allows a resume', async () => {
    const discord = await startSandbox();
    const client = await login(discord);
    const [before] = discord.sessions();
    const resumed = new Promise((resolve) => client.once(Events.ShardResume, resolve));
    discord.invalidateSessions(true);
    await resumed;
    expect(discord.sessions()).toMatchObject([{ id: before?.id, connected: true }]);
  });

  // The client itself waits five seconds between two IDENTIFYs.
  it('is replaced by a new session when it is invalidated', async () => {
    const discord = await startSandbox();
    const client = await login(discord);
    const [before] = discord.sessions();
    const again = new Promise((resolve) => client.once(Events.ShardReady, resolve));
    discord.invalidateSessions();
    await again;
    expect(discord.sessions().map(({ id }) => id)).not.toContain(before?.id);
  });

  it('expires when it is not resumed within minutes', async () => {
    const discord = await startSandbox();
    const client = await login(discord);
    discord.setGateway({ accepting: false });
    const gone = discord.waitFor((change) => change.type === 'gateway' && change.state === 'disconnected');
    discord.dropGateway();
    await gone;
    discord.advance(10 * 60_000);
    expect(discord.sessions()).toEqual([]);
    await client.destroy();
  });

  it('ends when the client closes it', async () => {
    const discord = await startSandbox();
    const client = await login(discord);
    const ended = discord.waitFor((change) => change.type === 'gateway' && change.state === 'invalidated');
    await client.destroy();
    await ended;
    expect(discord.sessions()).toEqual([]);
  });
});
