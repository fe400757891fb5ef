import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Broadcast } from './broadcast.ts';

const HEARTBEAT_MS = 15_000;
const RECONNECT_MS = 500;

/** The state now, and again whenever it is another. */
export const streamSnapshots = (c: Context, broadcast: Broadcast, closing: AbortSignal): Response =>
  streamSSE(c, async (stream) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    stream.onAbort(resolve);
    closing.addEventListener('abort', () => resolve(), { once: true });
    await stream.write(`retry: ${RECONNECT_MS}\n\n`);
    const stop = broadcast.subscribe((text) => void stream.writeSSE({ event: 'snapshot', data: text }));
    // A comment: a proxy, or the browser's laptop asleep, must not take silence for the end.
    const heartbeat = setInterval(() => void stream.write(': still here\n\n'), HEARTBEAT_MS);
    await promise;
    clearInterval(heartbeat);
    stop();
  });
