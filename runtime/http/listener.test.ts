import { once } from 'node:events';
import { Agent, type IncomingMessage, request, Server } from 'node:http';
import { connect, type Socket } from 'node:net';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { ConfigError } from '../config.ts';
import { ANNOUNCED_IDLE_MS, type Listener, type ListenOptions, listen } from './listener.ts';

afterEach(() => {
  vi.useRealTimers();
});

const OPTIONS = { port: 0, host: '127.0.0.1' };

/** A listener whose responses are sent when `answer` says so. */
async function held(options: Partial<ListenOptions> = {}) {
  const reached = Promise.withResolvers<IncomingMessage>();
  const answered = Promise.withResolvers<Response>();
  const app = {
    fetch: (_request: Request, bindings: object) => {
      reached.resolve((bindings as { incoming: IncomingMessage }).incoming);
      return answered.promise;
    },
  };
  const listener = await listen(app, { ...OPTIONS, ...options });
  return { listener, reached: reached.promise, answer: () => answered.resolve(new Response('well')) };
}

const LIMITS = [
  ...(['headersTimeout', 'requestTimeout', 'keepAliveTimeout', 'keepAliveTimeoutBuffer'] as const),
  ...(['maxHeaderSize', 'connectionsCheckingInterval'] as const),
];
type Limited = Server & Readonly<Record<(typeof LIMITS)[number], number>>;

const get = (agent: Agent, port: number) =>
  new Promise<IncomingMessage>((resolve, reject) => {
    request({ agent, port, host: OPTIONS.host }, resolve).once('error', reject).end();
  });

/** One request of its own connection, as text from the status line on. */
const exchange = async ({ port }: Listener, head: string) => {
  const socket = connect(port, OPTIONS.host);
  socket.write(head);
  return text(socket);
};

it('a server has the documented limits, and Keep-Alive announces its idle timeout', async () => {
  const { listener, reached, answer } = await held();
  const agent = new Agent({ keepAlive: true });
  const response = get(agent, listener.port);
  const { server } = (await reached).socket as Socket & { readonly server: Limited };
  answer();
  const answered = await response;
  await text(answered);
  expect(answered.headers).toMatchObject({ connection: 'keep-alive', 'keep-alive': 'timeout=3' });
  expect(ANNOUNCED_IDLE_MS).toBe(3_000);
  expect(Object.fromEntries(LIMITS.map((name) => [name, server[name]]))).toEqual({
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    keepAliveTimeout: 3_000,
    keepAliveTimeoutBuffer: 62_000,
    maxHeaderSize: 16_384,
    connectionsCheckingInterval: 1_000,
  });
  agent.destroy();
  await listener.close();
});

it('a request gets 400 for a malformed Host and 500 for a fault of the app', async () => {
  const app = { fetch: () => Promise.reject(new Error('a fault')) };
  const listener = await listen(app, OPTIONS);
  const end = 'Connection: close\r\n\r\n';
  expect(await exchange(listener, `GET / HTTP/1.1\r\nHost: a b\r\n${end}`)).toMatch(
    /^HTTP\/1\.1 400 [\s\S]*\{"error":"Malformed request"\}/,
  );
  expect(await exchange(listener, `GET / HTTP/1.1\r\nHost: a\r\n${end}`)).toMatch(
    /^HTTP\/1\.1 500 [\s\S]*\{"error":"Internal error"\}/,
  );
  await listener.close();
});

describe('an address that cannot be had', () => {
  const messageOf = async (options: Partial<ListenOptions>) => {
    const thrown = await listen({ fetch: () => new Response() }, { ...OPTIONS, ...options }).catch(
      (error: unknown) => error,
    );
    if (!(thrown instanceof ConfigError)) throw new Error(`Expected a ConfigError, got ${String(thrown)}`);
    return thrown.message;
  };

  it('names the port in use and the variable', async () => {
    const { listener } = await held();
    expect(await messageOf({ port: listener.port, variable: 'PORT' })).toContain(`PORT ${listener.port} is in use`);
    expect(await messageOf({ port: listener.port })).toContain(`The port ${listener.port} is in use`);
    await listener.close();
  });
  /** The system rejects the first bind with a code. */
  const rejectBind = (code: string) => {
    const real = Server.prototype.listen;
    const bound: unknown[] = [];
    const spy = vi.spyOn(Server.prototype, 'listen').mockImplementation(function (this: Server, ...given: unknown[]) {
      bound.push((given[0] as { readonly host: string }).host);
      if (bound.length > 1) return real.apply(this, [{ port: 0, host: '127.0.0.1' }]);
      process.nextTick(() => this.emit('error', Object.assign(new Error('bind'), { code })));
      return this;
    });
    onTestFinished(() => spy.mockRestore());
    return bound;
  };

  it('names a port that this user may not open', async () => {
    rejectBind('EACCES');
    expect(await messageOf({ port: 80, variable: 'PORT' })).toContain('PORT 80 is not open to this user');
  });
  it.each(['EAFNOSUPPORT', 'EADDRNOTAVAIL'])('is IPv4 on a host without IPv6 (%s)', async (code) => {
    const bound = rejectBind(code);
    const listener = await listen({ fetch: () => new Response() }, { port: 0, host: '::' });
    expect(bound).toEqual(['::', '0.0.0.0']);
    await listener.close();
  });
  it.each([
    ['::', 'EPERM'],
    ['::1', 'EAFNOSUPPORT'],
    ['127.0.0.1', 'EADDRNOTAVAIL'],
  ])('is not replaced: %s after %s', async (host, code) => {
    const bound = rejectBind(code);
    expect(await messageOf({ host })).toContain(`LISTEN_HOST is no address of this machine (${code})`);
    expect(bound).toEqual([host]);
  });
  it.each(['192.0.2.1', '2001:db8::1'])('names the variable of the address %s', async (host) => {
    expect(await messageOf({ host })).toMatch(/LISTEN_HOST is no address of this machine \(E\w+\)/);
  });
});

describe('a closing listener', () => {
  it('ends a request that never ends after ten seconds, not before', async () => {
    const { listener, reached } = await held();
    const answer = fetch(`http://127.0.0.1:${listener.port}`).catch(() => 'cut');
    const { socket } = await reached;
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    const closed = listener.close();
    vi.advanceTimersByTime(10_000);
    expect(socket.destroyed).toBe(false);
    vi.advanceTimersByTime(100);
    expect(socket.destroyed).toBe(true);
    await closed;
    expect(await answer).toBe('cut');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('ends a connection that is silent for more than a second, counted from the last response', async () => {
    const { listener, reached, answer } = await held();
    const agent = new Agent({ keepAlive: true });
    const answered = get(agent, listener.port);
    const { server } = (await reached).socket as Socket & { readonly server: Server };
    const sockets = () => promisify(server.getConnections.bind(server))();
    const accepted = once(server, 'connection');
    const silent = connect(listener.port, OPTIONS.host).on('error', () => {});
    await accepted;
    silent.write('GET / HTTP/1.1\r\n');
    expect(await sockets()).toBe(2);
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'performance'] });
    const closed = listener.close();
    vi.advanceTimersByTime(5_000);
    const ended = once(silent, 'close');
    const idle = once(agent, 'free');
    answer();
    (await answered).resume();
    const [kept] = (await idle) as [Socket];
    const cut = once(kept, 'close');
    // The connection of the response is idle now, and ends at the next sweep.
    vi.advanceTimersByTime(100);
    await cut;
    vi.advanceTimersByTime(900);
    expect(await sockets()).toBe(1);
    vi.advanceTimersByTime(100);
    await Promise.all([ended, closed]);
  });

  it('says so in each response once it is announced, and still accepts connections', async () => {
    const { listener, answer } = await held();
    answer();
    const connection = async () => {
      const agent = new Agent({ keepAlive: true });
      const response = await get(agent, listener.port);
      await text(response);
      agent.destroy();
      return response.headers.connection;
    };
    expect(await connection()).toBe('keep-alive');
    listener.announceClose();
    expect(await connection()).toBe('close');
    await listener.close();
  });
});
