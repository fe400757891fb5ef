import { once } from 'node:events';
import { connect, createServer, type Socket } from 'node:net';
import { listen } from '@moddy/sandbox/listen';
import { resetSocket } from '@moddy/sandbox/reset-socket';

/** Passes TCP connections to loopback ports in turn, without those where nobody listens, as a private DNS name does. */
export async function startBalancer() {
  let ports: readonly number[] = [];
  const open = new Set<Socket>();
  let turn = 0;
  const keep = (socket: Socket) => {
    open.add(socket);
    socket.once('close', () => open.delete(socket));
  };
  const hand = (client: Socket, tries: number) => {
    const port = ports[turn % ports.length];
    turn += 1;
    if (port === undefined || tries === 0) return client.destroy();
    const server = connect(port, '127.0.0.1');
    const next = () => hand(client, tries - 1);
    server.once('error', next);
    server.once('connect', () => {
      server.off('error', next);
      keep(server);
      // A reset of one side is one of the other; an end is an end, after what was written before it.
      for (const [one, other] of [
        [client, server],
        [server, client],
      ] as const) {
        one.on('error', () => resetSocket(other));
        one.once('close', () => other.end());
      }
      client.pipe(server).pipe(client);
    });
  };
  const balancer = createServer((client) => {
    keep(client);
    client.on('error', () => client.destroy());
    hand(client, ports.length);
  });
  return {
    port: await listen(balancer),
    /** From now on new connections go to these ports; open ones stay where they are. */
    direct: (others: readonly number[]) => {
      ports = others;
    },
    close: async () => {
      for (const socket of open) socket.destroy();
      balancer.close();
      await once(balancer, 'close');
    },
  };
}
