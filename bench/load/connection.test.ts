import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import { expect, it, onTestFinished } from 'vitest';
import { Connection } from './connection.ts';

async function listen(server: Server): Promise<Connection> {
  server.listen(0, '127.0.0.1');
  onTestFinished(() => void server.closeAllConnections());
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('No port');
  return Connection.open(address.port);
}

const REQUEST = 'GET / HTTP/1.1\r\nhost: x\r\n\r\n';

it('reads one answer after the other, also in pieces', async () => {
  let answered = 0;
  const connection = await listen(
    createServer((_request, response) => {
      answered += 1;
      response.writeHead(answered === 1 ? 200 : 503, { 'content-length': 4 });
      response.write('ab');
      setImmediate(() => response.end('cd'));
    }),
  );
  expect([await connection.send(REQUEST), await connection.send(REQUEST)]).toEqual([200, 503]);
  connection.close();
});

it('fails when the server goes away', async () => {
  const connection = await listen(createServer((request) => request.socket.destroy()));
  await expect(connection.send(REQUEST)).rejects.toThrow('closed');
});
