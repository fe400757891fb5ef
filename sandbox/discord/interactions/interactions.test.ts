import { MessageFlags, Routes } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { call, newRest, rejectionOf, startSandbox } from '../fixture.ts';
import { APPLICATION_ID, GUILD_ID, MEMBER_ID, OTHER_MEMBER_ID, OUTSIDER_ID } from '../world/seed.ts';
import { answering, subscription, userinfo, withCommands } from './fixture.ts';

describe('commands', () => {
  it('are overwritten in bulk, keep their ids and are validated', async () => {
    const discord = await withCommands();
    const before = discord.commands();
    const path = `/applications/${APPLICATION_ID}/guilds/${GUILD_ID}/commands`;
    expect((await call(discord, 'PUT', path, [subscription])).status).toBe(200);
    expect(discord.commands().map(({ id }) => id)).toEqual([before[1]?.id]);
    expect(await rejectionOf(call(discord, 'PUT', path, [subscription, subscription]))).toEqual([400, 50035]);
    expect(await rejectionOf(call(discord, 'POST', path, { ...userinfo, name: 'User Info' }))).toEqual([400, 50035]);
    expect((await call(discord, 'POST', path, userinfo)).status).toBe(201);
    expect(discord.commands()).toHaveLength(2);
  });
});

describe('interactions over the gateway', () => {
  it('are deferred as ephemeral, then edited', async () => {
    const discord = await withCommands();
    await answering(discord, async (used) => {
      await used.deferReply({ flags: MessageFlags.Ephemeral });
      const target = used.options.getUser('user') ?? used.user;
      await used.editReply({ content: `${target.username} ${used.locale} ${used.guildLocale}` });
    });
    const used = discord.invokeCommand(MEMBER_ID, 'userinfo', { user: OTHER_MEMBER_ID }, {});
    expect((await discord.waitForAnswer(used)).content).toBe('bob fr fr');
    expect(used.ephemeral).toBe(true);
    expect(used.message?.flags).toBe(MessageFlags.Ephemeral);
  });

  it('are answered at once and followed up, also in direct messages', async () => {
    const discord = await startSandbox();
    await newRest(discord).put(Routes.applicationCommands(APPLICATION_ID), { body: [subscription] });
    await answering(discord, async (used) => {
      await used.reply({ content: used.inGuild() ? 'guild' : 'direct' });
      await used.followUp({ content: 'more', flags: MessageFlags.Ephemeral });
    });
    const used = discord.invokeCommand(OUTSIDER_ID, 'subscription');
    const followedUp = discord.waitFor((change) => change.type === 'interaction' && change.state === 'followed_up');
    expect((await discord.waitForAnswer(used)).content).toBe('direct');
    await followedUp;
    expect(used.followUps.map(({ content }) => content)).toEqual(['more']);
    expect(discord.directMessages(OUTSIDER_ID).map(({ content }) => content)).toEqual(['direct']);
  });

  it('get 10062 for a response after 3 s, 40060 for a second response, 50027 after 15 minutes', async () => {
    const discord = await withCommands();
    const late = discord.invokeCommand(MEMBER_ID, 'subscription');
    discord.advance(3001);
    await expect(discord.waitForAnswer(late)).rejects.toThrow('did not respond');
    const answer = (id: string, token: string) =>
      rejectionOf(call(discord, 'POST', `/interactions/${id}/${token}/callback`, { type: 5 }));
    expect(await answer(late.id, late.token)).toEqual([404, 10062]);

    const twice = discord.invokeCommand(MEMBER_ID, 'subscription');
    const callback = `/interactions/${twice.id}/${twice.token}/callback`;
    expect((await call(discord, 'POST', callback, { type: 5, data: { flags: 64 } })).status).toBe(204);
    expect(await answer(twice.id, twice.token)).toEqual([400, 40060]);

    discord.advance(15 * 60_000);
    const edit = call(discord, 'PATCH', `/webhooks/${APPLICATION_ID}/${twice.token}/messages/@original`, {
      content: 'x',
    });
    expect(await rejectionOf(edit)).toEqual([401, 50027]);
  });
});
