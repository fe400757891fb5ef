import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Addresses } from './environment.ts';

/** A loopback port that nobody listens on at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('No port to be had');
  return address.port;
}

/** Addresses for both services on free ports. */
export async function freeAddresses(): Promise<Addresses> {
  const ports = async () => ({ port: await freePort(), internalPort: await freePort() });
  return { bot: await ports(), backend: await ports() };
}
