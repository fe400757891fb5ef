import { Agent, request } from 'node:http';
import { Hono } from 'hono';
import { expect, it } from 'vitest';
import { ANNOUNCED_IDLE_MS, listen } from './listener.ts';

it('the listener announces its idle timeout in Keep-Alive', async () => {
  const listener = await listen(
    new Hono().get('/', (c) => c.text('well')),
    { port: 0, host: '127.0.0.1' },
  );
  const agent = new Agent({ keepAlive: true });
  const announced = await new Promise<string>((resolve, reject) => {
    request({ agent, port: listener.port, host: '127.0.0.1' }, (response) => {
      response.resume();
      response.once('end', () => resolve(String(response.headers['keep-alive'])));
    })
      .once('error', reject)
      .end();
  });
  expect(announced).toBe(`timeout=${ANNOUNCED_IDLE_MS / 1_000}`);
  agent.destroy();
  await listener.close();
});
