import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, it, onTestFinished } from 'vitest';
import { startTcpProxy } from './tcp-proxy.ts';

/** An echo server behind a proxy, and a client of it. */
async function start() {
  const served: Socket[] = [];
  const echo = createServer((socket) => {
    served.push(socket);
    socket.on('error', () => {});
    socket.pipe(socket);
  }).listen(0, '127.0.0.1');
  await once(echo, 'listening');
  const address = echo.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  const proxy = await startTcpProxy(address.port);
  const dial = async () => {
    const client = connect(proxy.port, '127.0.0.1');
    client.on('error', () => {});
    await once(client, 'connect');
    return client;
  };
  onTestFinished(async () => {
    await proxy.close();
    for (const socket of served) socket.destroy();
    echo.close();
  });
  return { proxy, dial, served };
}

const answerTo = async (client: Socket, text: string) => {
  const answered = once(client, 'data');
  client.write(text);
  return String((await answered)[0]);
};
/** True when nothing comes for a moment that is long for loopback. */
const isSilent = (client: Socket) =>
  Promise.race([once(client, 'data').then(() => false), once(client, 'close').then(() => false), delay(50, true)]);

it('the proxy forwards data in both directions', async () => {
  const { proxy, dial } = await start();
  const client = await dial();
  expect(await answerTo(client, 'hello')).toBe('hello');
  expect(proxy.greetings.map(String)).toEqual(['hello']);
  client.destroy();
});

it('a stalled proxy delivers all data after resume', async () => {
  const { proxy, dial } = await start();
  const client = await dial();
  proxy.stall();
  const late = await dial();
  client.write('one ');
  late.write('other');
  expect(await isSilent(client)).toBe(true);
  const answers = [client, late].map((each) => once(each, 'data'));
  proxy.resume();
  expect((await Promise.all(answers)).map(([data]) => String(data))).toEqual(['one ', 'other']);
  client.destroy();
  late.destroy();
});

it('cut silences open connections without FIN or RST and forwards new ones', async () => {
  const { proxy, dial, served } = await start();
  const client = await dial();
  await answerTo(client, 'hello');
  proxy.cut();
  client.write('hello again');
  expect(await isSilent(client)).toBe(true);
  client.destroy();
  await once(client, 'close');
  expect(served[0]?.destroyed).toBe(false);
  const gone = new Promise((resolve) => served[0]?.once('close', resolve));
  proxy.giveUp();
  await gone;
  const next = await dial();
  expect(await answerTo(next, 'hello')).toBe('hello');
  next.destroy();
});

it('halfOpen closes only the side of the client', async () => {
  const { proxy, dial, served } = await start();
  const client = await dial();
  await answerTo(client, 'hello');
  // Not `once`, which rejects at the reset.
  const closed = new Promise((resolve) => client.once('close', resolve));
  proxy.halfOpen();
  await closed;
  expect(served[0]?.destroyed).toBe(false);
});

it.each([
  ['before the server receives it', false, ''],
  ['after the server receives it', true, 'commit'],
])('onSent cuts at a text %s', async (_when, delivered, seen) => {
  const { proxy, dial, served } = await start();
  const client = await dial();
  await answerTo(client, 'begin');
  let received = '';
  served[0]?.on('data', (chunk) => {
    received += String(chunk);
  });
  proxy.onSent('commit', () => proxy.cut(), { delivered });
  client.write('commit');
  expect(await isSilent(client)).toBe(true);
  expect(received).toBe(seen);
  client.destroy();
});
