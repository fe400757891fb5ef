import type { IncomingMessage } from 'node:http';
import { afterEach, expect, it, vi } from 'vitest';
import { listen } from './listener.ts';

afterEach(() => {
  vi.useRealTimers();
});

it('a request that never ends is aborted ten seconds after the listener closes, not before', async () => {
  const reached = Promise.withResolvers<IncomingMessage>();
  const app = {
    fetch: (_request: Request, bindings: object) => {
      reached.resolve((bindings as { incoming: IncomingMessage }).incoming);
      return new Promise<Response>(() => {});
    },
  };
  const listener = await listen(app, { port: 0, host: '127.0.0.1' });
  const answer = fetch(`http://127.0.0.1:${listener.port}`).catch(() => 'cut');
  const { socket } = await reached.promise;
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
  const closed = listener.close();
  vi.advanceTimersByTime(10_000);
  expect(socket.destroyed).toBe(false);
  vi.advanceTimersByTime(100);
  expect(socket.destroyed).toBe(true);
  await closed;
  expect(await answer).toBe('cut');
});
