import { once } from 'node:events';
import { createServer } from 'node:http';
import { SECRET as BACKEND_SECRET, startTestBackend } from '@moddy/backend/testing/start-test-backend';
import { SECRET as BOT_SECRET, startTestBot } from '@moddy/bot/testing/start-test-bot';
import { createBotClient } from '@moddy/generated/bot-internal/client';
import { describe, expect, it, onTestFinished } from 'vitest';
import { RESPONSES, TO_BACKEND, TO_BOT } from './pydantic-fixtures.ts';

async function post(url: string, secret: string, body: object) {
  const response = await fetch(url, {
    method: 'POST',
    headers: { authorization: `Bearer ${secret}`, 'content-type': 'application/json', 'user-agent': 'Moddy-Bot/1.0' },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: (await response.json()) as unknown };
}

/** A peer that answers what it is told to, as one in Python would. */
async function startPeer(answer: () => object): Promise<string> {
  const peer = createServer((_request, response) => {
    response.setHeader('content-type', 'application/json').end(JSON.stringify(answer()));
  }).listen(0, '127.0.0.1');
  await once(peer, 'listening');
  onTestFinished(async () => {
    peer.close();
    peer.closeAllConnections();
  });
  const address = peer.address();
  return `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
}

describe('the JSON that pydantic writes', () => {
  it('is accepted by the bot, with the responses of the document', async () => {
    const { baseUrl } = await startTestBot();
    for (const { name, path, body, answer } of TO_BOT) {
      expect(await post(baseUrl + path, BOT_SECRET, body), name).toMatchObject({ status: 200, body: answer });
    }
  });
  it('is accepted by the backend, with the responses of the document', async () => {
    const { internalUrl } = await startTestBackend();
    for (const { name, path, body, answer } of TO_BACKEND) {
      expect(await post(internalUrl + path, BACKEND_SECRET, body), name).toEqual({ status: 200, body: answer });
    }
  });
  it('is read by the client, field for field', async () => {
    let next: object = {};
    const client = createBotClient({ baseUrl: await startPeer(() => next), secret: 'any' });
    const calls = {
      '/internal/health': () => client.healthCheck(),
      '/internal/notify': () => client.notifyUser({ discord_id: '1', action: 'plan_upgraded' }),
      '/internal/roles/update': () => client.updateUserRole({ discord_id: '1', plan: 'free' }),
    } as const;
    for (const [path, call] of Object.entries(calls)) {
      for (const { sent, read } of RESPONSES[path] ?? []) {
        next = sent;
        const answer: Record<string, unknown> = { ...(await call()) };
        expect(answer).toMatchObject(read);
        expect(answer).not.toHaveProperty('shard');
      }
    }
  });
});
