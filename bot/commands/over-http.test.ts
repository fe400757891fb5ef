import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { MEMBER, startTestBot } from '../testing/start-test-bot.ts';

async function startOverHttp() {
  const test = await startTestBot({ environment: ({ publicKey }) => ({ DISCORD_PUBLIC_KEY: publicKey }) });
  await test.journal.line('commands');
  return test;
}

describe('POST /interactions', () => {
  it("passes Discord's endpoint check (answers PING, 401 for a forged signature) and answers commands", async () => {
    const { discord, publicUrl, backend } = await startOverHttp();
    await discord.setInteractionsEndpoint(`${publicUrl}/interactions`);
    const invoked = discord.invokeCommand(MEMBER, 'subscription');
    const message = await discord.waitForAnswer(invoked);
    expect(invoked.ephemeral).toBe(true);
    expect(message.embeds[0]?.description).toBe('Vous n’avez pas d’abonnement.');
    const { idempotencyKey } = await backend.event(({ body }) => body.event_type === 'command_used');
    expect(idempotencyKey).toBe(`interaction:${invoked.id}`);
  });

  it('401 when the signature is missing, incomplete, malformed or forged', async () => {
    const { publicUrl } = await startOverHttp();
    const statusWith = async (headers: Record<string, string>) =>
      (await fetch(`${publicUrl}/interactions`, { method: 'POST', body: '{"type":1}', headers })).status;
    expect(await statusWith({})).toBe(401);
    expect(await statusWith({ 'x-signature-ed25519': 'ab'.repeat(64) })).toBe(401);
    expect(await statusWith({ 'x-signature-ed25519': 'zz', 'x-signature-timestamp': '1' })).toBe(401);
    const forged = { 'x-signature-ed25519': 'ab'.repeat(64), 'x-signature-timestamp': '1' };
    expect(await statusWith(forged)).toBe(401);
  });

  it('413 when the body is larger than any interaction', async () => {
    const { publicUrl } = await startOverHttp();
    const response = await fetch(`${publicUrl}/interactions`, { method: 'POST', body: 'x'.repeat(300_000) });
    expect(response.status).toBe(413);
  });

  it.each(['Content-Length: 100', 'Transfer-Encoding: chunked'])(
    'logs nothing when the caller disconnects within its body (%s)',
    async (length) => {
      const { publicUrl, bot, journal } = await startOverHttp();
      const socket = connect({ host: '127.0.0.1', port: Number(new URL(publicUrl).port) });
      socket.end(`POST /interactions HTTP/1.1\r\nHost: localhost\r\n${length}\r\n\r\n2\r\nhe`);
      await once(socket.resume(), 'close');
      // Ends after every request.
      await bot.stop();
      expect(journal.text).not.toContain('public request failed');
    },
  );

  it('404 when interactions come over the gateway', async () => {
    const { publicUrl } = await startTestBot();
    expect((await fetch(`${publicUrl}/interactions`, { method: 'POST', body: '{}' })).status).toBe(404);
  });

  it('answers commands while Discord rejects the bot token', async () => {
    const test = await startOverHttp();
    await test.discord.setInteractionsEndpoint(`${test.publicUrl}/interactions`);
    const refused = { status: 401, body: { message: '401: Unauthorized', code: 0 } };
    test.discord.fail({ path: '/users/@me/channels', answer: refused });
    test.discord.fail({ path: '/applications/@me', answer: refused, times: 1_000 });
    expect((await test.call('POST', '/internal/notify', { discord_id: MEMBER, action: 'plan_upgraded' })).status).toBe(
      503,
    );
    const invoked = test.discord.invokeCommand(MEMBER, 'subscription');
    expect((await test.discord.waitForAnswer(invoked)).embeds).toHaveLength(1);
  });
});
