import { once } from 'node:events';
import { Agent, request } from 'node:http';
import { connect } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { listen } from './http/listener.ts';
import { createLogger } from './log.ts';
import { createService } from './service.ts';

const log = createLogger('silent', 'test');

/** A request over a kept connection, as another service makes it. */
const get = (agent: Agent, port: number) =>
  new Promise<{ status: number | undefined; connection: string | undefined }>((resolve, reject) => {
    const sent = request({ agent, port, host: '127.0.0.1', path: '/' }, (response) => {
      response.resume();
      response.once('end', () => resolve({ status: response.statusCode, connection: response.headers.connection }));
    });
    sent.once('error', reject);
    sent.end();
  });

describe('the stop of a service', () => {
  it('calls leave, serves with Connection: close, then closes the listeners and calls finish', async () => {
    const story: string[] = [];
    const app = new Hono().get('/', (c) => c.text('well'));
    const listener = await listen(app, { port: 0, host: '127.0.0.1' });
    let release = () => {};
    const left = new Promise<void>((resolve) => {
      release = resolve;
    });
    const service = createService({
      log,
      listeners: [listener],
      lameDuckMs: 0,
      leave: async () => {
        story.push('leave');
        await left;
      },
      finish: async () => void story.push('finish'),
    });
    const agent = new Agent({ keepAlive: true });
    expect(await get(agent, listener.port)).toEqual({ status: 200, connection: 'keep-alive' });
    expect(service.ready).toBe(true);

    const stopped = service.stop();
    expect(service.ready).toBe(false);
    expect(await get(agent, listener.port)).toEqual({ status: 200, connection: 'close' });
    expect(story).toEqual(['leave']);
    release();
    await stopped;
    expect(story).toEqual(['leave', 'finish']);
    await expect(get(agent, listener.port)).rejects.toThrow(/ECONNREFUSED/);
    agent.destroy();
  });
  it('waits for the request in flight', async () => {
    let held = true;
    const arrived = Promise.withResolvers<void>();
    const released = Promise.withResolvers<void>();
    const app = new Hono().get('/', async (c) => {
      if (!held) return c.text('well');
      held = false;
      arrived.resolve();
      await released.promise;
      return c.text('done');
    });
    const listener = await listen(app, { port: 0, host: '127.0.0.1' });
    let finished = false;
    const service = createService({
      log,
      listeners: [listener],
      lameDuckMs: 0,
      finish: async () => {
        finished = true;
      },
    });
    // Kept alive: the answer was begun before anybody said that the connection will close.
    const agent = new Agent({ keepAlive: true });
    const answered = get(agent, listener.port);
    await arrived.promise;
    const stopped = service.stop();
    // Only when new connections are refused is the listener closing: the answer comes after that.
    const rejected = async () =>
      get(new Agent(), listener.port).then(
        () => false,
        () => true,
      );
    while (!(await rejected())) await setImmediate();
    released.resolve();
    expect((await answered).status).toBe(200);
    await stopped;
    expect(finished).toBe(true);
  });
  it('runs once, however often it is called', async () => {
    let finishes = 0;
    const service = createService({
      log,
      listeners: [],
      lameDuckMs: 0,
      finish: async () => {
        finishes += 1;
      },
    });
    await Promise.all([service.stop(), service.stop()]);
    expect(finishes).toBe(1);
  });
});

describe('a listener', () => {
  it('on :: serves IPv4 callers, or falls back without IPv6', async () => {
    const listener = await listen(
      new Hono().get('/', (c) => c.text('well')),
      { port: 0, host: '::' },
    );
    const agent = new Agent();
    expect((await get(agent, listener.port)).status).toBe(200);
    await listener.close();
  });
  it.each([
    ['sends nothing', ''],
    ['sends half a head', 'POST / HTTP/1.1\r\nHost: 127'],
    ['sends half a body', 'POST / HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 9\r\n\r\nhalf'],
  ])('closes in time despite a connection that %s', async (_what, beginning) => {
    const arrived = Promise.withResolvers<void>();
    const app = new Hono()
      .post('/', async (c) => {
        arrived.resolve();
        return c.text(await c.req.text());
      })
      .onError((_cut, c) => c.text('', 400));
    const drain = { silentMs: 100, longestMs: 300 };
    const listener = await listen(app, { port: 0, host: '127.0.0.1', drain });
    const socket = connect(listener.port, '127.0.0.1');
    socket.on('error', () => {});
    await once(socket, 'connect');
    if (beginning !== '') await new Promise<void>((resolve) => socket.write(beginning, () => resolve()));
    if (beginning.includes('half')) await arrived.promise;
    const cut = once(socket, 'close');
    await createService({ log, listeners: [listener], lameDuckMs: 0, finish: async () => {} }).stop();
    await cut;
  });
});
