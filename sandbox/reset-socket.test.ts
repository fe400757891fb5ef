import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { expect, it } from 'vitest';

const program = `
  import { once } from 'node:events';
  import { connect, createServer } from 'node:net';
  const { resetSocket } = await import(${JSON.stringify(new URL('./reset-socket.ts', import.meta.url).href)});
  const server = createServer((socket) => socket.on('error', () => {}).resume()).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const client = connect(server.address().port, '127.0.0.1').on('error', (error) => console.log(error.code));
  await once(client, 'connect');
  client.end();
  resetSocket(client);
  await new Promise((resolve) => process.nextTick(resolve));
  client.destroy();
  server.close();
  console.log('done');
`;

it('a process exits after it resets an ending socket', async () => {
  const { stdout } = await promisify(execFile)('node', ['--input-type=module', '-e', program], { timeout: 10_000 });
  expect(stdout).toBe('done\n');
});
