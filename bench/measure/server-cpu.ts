import type { Fulfilled, Order } from '../load/order.ts';
import type { Child } from './child.ts';
import { startChild } from './child.ts';

export interface MeasuredServer {
  readonly child: Child;
  readonly port: number;
}

export async function startServer(...options: Parameters<typeof startChild>): Promise<MeasuredServer> {
  const child = startChild(...options);
  const { port } = await child.next<{ port: number }>();
  return { child, port };
}

/** CPU µs of the server's process, all threads, per request of the order. @throws when an answer was not 200. */
export async function cpuPerRequest(
  server: MeasuredServer,
  generator: Child,
  order: Omit<Order, 'port'>,
): Promise<number> {
  const cpu = async () => (await server.child.ask<{ cpuMicros: number }>({})).cpuMicros;
  const before = await cpu();
  const { statuses } = await generator.ask<Fulfilled>({ ...order, port: server.port });
  const after = await cpu();
  if (statuses[200] !== order.requests) throw new Error(`Answers of ${order.path}: ${JSON.stringify(statuses)}`);
  return (after - before) / order.requests;
}
