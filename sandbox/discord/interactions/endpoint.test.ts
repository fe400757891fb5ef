import { createPublicKey, verify } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { createServer } from 'node:http';
import { Routes } from 'discord.js';
import { describe, expect, it, onTestFinished } from 'vitest';
import { call, newRest, rejectionOf, startSandbox } from '../fixture.ts';
import type { SandboxDiscord } from '../start-discord.ts';
import { APPLICATION_ID, MEMBER_ID } from '../world/seed.ts';
import { answering, withCommands } from './fixture.ts';

describe('interactions over HTTP', () => {
  async function read(request: IncomingMessage): Promise<string> {
    let text = '';
    for await (const chunk of request) text += chunk;
    return text;
  }

  async function endpoint(discord: SandboxDiscord, checks: boolean, answer: (name: string) => object) {
    const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(discord.publicKey, 'hex')]);
    const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
    const server = createServer(async (request, response) => {
      const body = await read(request);
      const signature = Buffer.from(String(request.headers['x-signature-ed25519']), 'hex');
      const signed = Buffer.from(request.headers['x-signature-timestamp'] + body);
      const genuine = !checks || verify(null, signed, key, signature);
      const payload = JSON.parse(body);
      response.writeHead(genuine ? 200 : 401, { 'content-type': 'application/json' });
      response.end(JSON.stringify(payload.type === 1 ? { type: 1 } : answer(payload.data.name)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(async () => {
      server.closeAllConnections();
      server.close();
    });
    const address = server.address();
    return `http://127.0.0.1:${typeof address === 'object' && address ? address.port : 0}/interactions`;
  }

  it('are signed, answered in the response and absent from the gateway', async () => {
    const discord = await withCommands();
    const failures = await answering(discord, () => Promise.reject(new Error('The gateway had it, too.')));
    const url = await endpoint(discord, true, (name) => ({ type: 4, data: { content: name, flags: 64 } }));
    await discord.setInteractionsEndpoint(url);
    const used = discord.invokeCommand(MEMBER_ID, 'subscription');
    expect((await discord.waitForAnswer(used)).content).toBe('subscription');
    expect(used.ephemeral).toBe(true);
    expect(failures).toEqual([]);
  });

  it('are deferred in the response, then edited with the token', async () => {
    const discord = await withCommands();
    await discord.setInteractionsEndpoint(await endpoint(discord, true, () => ({ type: 5, data: { flags: 64 } })));
    const used = discord.invokeCommand(MEMBER_ID, 'subscription');
    await discord.waitFor((change) => change.type === 'interaction' && change.state === 'deferred');
    const body = { content: 'Moddy Max' };
    await newRest(discord).patch(Routes.webhookMessage(APPLICATION_ID, used.token), { body, auth: false });
    expect((await discord.waitForAnswer(used)).content).toBe('Moddy Max');
  });

  it('reject an endpoint that accepts a bad signature', async () => {
    const discord = await startSandbox();
    const url = await endpoint(discord, false, () => ({ type: 4, data: { content: 'x' } }));
    await expect(discord.setInteractionsEndpoint(url)).rejects.toThrow('A bad signature got 200, not 401.');
    const patch = call(discord, 'PATCH', '/applications/@me', { interactions_endpoint_url: url });
    expect(await rejectionOf(patch)).toEqual([400, 50035]);
  });

  it('fail without a response in time', async () => {
    const discord = await withCommands();
    const url = await endpoint(discord, true, () => ({ type: 4, data: { content: 'x' } }));
    await discord.setInteractionsEndpoint(url);
    const used = discord.invokeCommand(MEMBER_ID, 'subscription');
    discord.advance(3001);
    await expect(discord.waitForAnswer(used)).rejects.toThrow('did not respond');
  });
});
