import type { Context } from 'hono';
import { streamSSE } from 'hono/streaming';
import type { Env } from '../rest/env.ts';
import type { Controls } from './controls.ts';

/** Every change as it happens, as server-sent events named after their type. */
export const streamChanges = (c: Context<Env>, discord: Controls, closing: AbortSignal): Response =>
  streamSSE(c, (stream) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    const off = discord.on((change) => {
      void stream.writeSSE({ event: change.type, data: JSON.stringify(change) });
    });
    stream.onAbort(resolve);
    closing.addEventListener('abort', () => resolve(), { once: true });
    return promise.finally(off);
  });
