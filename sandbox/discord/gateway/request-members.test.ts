import { describe, expect, it } from 'vitest';
import { login, startSandbox } from '../fixture.ts';
import { GUILD_ID, MEMBER_ID, OUTSIDER_ID } from '../world/seed.ts';

describe('requested members', () => {
  it('come in chunks of a thousand', async () => {
    const discord = await startSandbox();
    for (let index = 0; index < 1500; index += 1) discord.join(discord.addUser().id);
    const client = await login(discord);
    const guild = await client.guilds.fetch(GUILD_ID);
    expect((await guild.members.fetch()).size).toBe(1504);
  });

  it('come by id, without users who are not members', async () => {
    const discord = await startSandbox();
    const client = await login(discord);
    const guild = await client.guilds.fetch(GUILD_ID);
    const found = await guild.members.fetch({ user: [MEMBER_ID, OUTSIDER_ID] });
    expect([...found.keys()]).toEqual([MEMBER_ID]);
  });

  it('are rate limited when all are requested twice within the window', async () => {
    const discord = await startSandbox();
    discord.setGateway({ requestMembersWindowMs: 30_000 });
    const client = await login(discord);
    const guild = await client.guilds.fetch(GUILD_ID);
    await guild.members.fetch();
    await expect(guild.members.fetch()).rejects.toThrow('rate limited');
    discord.advance(30_000);
    expect((await guild.members.fetch()).size).toBe(4);
  });
});
