import { Connection } from './connection.ts';
import type { Fulfilled, Order } from './order.ts';

/* The load: a process of its own, so that what it costs is not counted as the server's. */

process.on('message', (order: Order) => {
  void fulfil(order).then((fulfilled) => process.send?.(fulfilled));
});
process.on('disconnect', () => process.exit());

async function fulfil(order: Order): Promise<Fulfilled> {
  const connections = await Promise.all(Array.from({ length: order.connections }, () => Connection.open(order.port)));
  const statuses: Record<number, number> = {};
  let left = order.requests;
  const startedAt = performance.now();
  const keepAsking = async (connection: Connection) => {
    while (left > 0) {
      left -= 1;
      const status = await connection.send(requestOf(order));
      statuses[status] = (statuses[status] ?? 0) + 1;
    }
    connection.close();
  };
  // Awake all the time: what it costs to wake the load would be counted as the server's, more for a slower one.
  let isDone = false;
  const stayAwake = () => void (isDone || setImmediate(stayAwake));
  stayAwake();
  await Promise.all(connections.map(keepAsking));
  isDone = true;
  return { seconds: (performance.now() - startedAt) / 1_000, statuses };
}

let sequence = 0;

/** As the generated client sends it; each with a key of its own, as every delivery and event has. */
function requestOf({ port, method, path, secret, body }: Order): string {
  const head = `${method} ${path} HTTP/1.1\r\nhost: 127.0.0.1:${port}\r\nauthorization: Bearer ${secret}\r\n`;
  if (body === undefined) return `${head}connection: keep-alive\r\n\r\n`;
  sequence += 1;
  const key = `${process.pid}-${Date.now()}-${sequence}`;
  return `${head}content-type: application/json\r\nidempotency-key: ${key}\r\nconnection: keep-alive\r\ncontent-length: ${Buffer.byteLength(body)}\r\n\r\n${body}`;
}
