import type { SandboxDiscord } from '@moddy/sandbox/discord/start-discord';
import { describe, expect, it } from 'vitest';
import { startWithCommands, use } from '../testing/commands.ts';
import { GUILD, MEMBER, OTHER_MEMBER } from '../testing/start-test-bot.ts';

describe('every command', () => {
  it.each(['the gateway', 'HTTP'])('is deferred over %s while the website hangs', async (way) => {
    const overHttp = ({ publicKey }: SandboxDiscord) => ({ DISCORD_PUBLIC_KEY: publicKey });
    const test = await startWithCommands(way === 'HTTP' ? { environment: overHttp } : {});
    if (way === 'HTTP') await test.discord.setInteractionsEndpoint(`${test.publicUrl}/interactions`);
    const release = test.backend.hang();
    const deferred = test.discord.waitFor((change) => change.type === 'interaction' && change.state === 'deferred');
    const invoked = test.discord.invokeCommand(MEMBER, 'subscription');
    await deferred;
    expect(invoked.ephemeral).toBe(true);
    release();
    expect((await test.discord.waitForAnswer(invoked)).embeds[0]?.title).toBe('Votre abonnement');
  });

  it('sends command_used to the backend with the interaction id as its key', async () => {
    const test = await startWithCommands();
    const invoked = test.discord.invokeCommand(MEMBER, 'subscription');
    const event = await test.backend.event(({ body }) => body.event_type === 'command_used');
    expect(event).toMatchObject({
      idempotencyKey: `interaction:${invoked.id}`,
      body: { discord_id: MEMBER, metadata: { guild_id: GUILD, username: 'alice', command: 'subscription' } },
    });
    await test.discord.waitForAnswer(invoked);
  });

  it('stores the locale of its user for later messages', async () => {
    const test = await startWithCommands();
    await use(test, OTHER_MEMBER, 'subscription');
    await test.client.notifyUser({ discord_id: OTHER_MEMBER, action: 'subscription_created', plan: 'moddy_max' });
    const message = await test.discord.waitForDm(OTHER_MEMBER);
    expect(message.embeds[0]?.title).toBe('Welcome to Moddy Max');
  });
});
