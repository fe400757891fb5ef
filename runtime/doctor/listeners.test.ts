import type { networkInterfaces } from 'node:os';
import { expect, it } from 'vitest';
import { startPeer } from '../testing/start-peer.ts';
import { examineListeners } from './listeners.ts';

const address = { netmask: '', mac: '', internal: true, cidr: null };
const ipv4 = { ...address, address: '127.0.0.1', family: 'IPv4' } as const;
const ipv6 = { ...address, address: '::1', family: 'IPv6', scopeid: 0 } as const;

it.each([
  ['the private port is well on a host without IPv6', [ipv4], true],
  ['the private port is not well when the service does not listen on the IPv6 of the host', [ipv4, ipv6], false],
] as const)('%s', async (_name, addresses, isWell) => {
  const service = 'moddy-bot-internal';
  // It listens on IPv4 alone.
  const peer = await startPeer((_request, response) => response.end(JSON.stringify({ service, status: 'healthy' })));
  const interfaces: typeof networkInterfaces = () => ({ lo: [...addresses] });
  const findings = await examineListeners({
    publicPort: 1,
    internalPort: peer.port,
    host: '::',
    production: false,
    service,
    healthPath: '/internal/health',
    secret: 'secret',
    cures: {},
    interfaces,
  });
  expect(findings.find(({ name }) => name === 'private port')).toMatchObject({ isWell });
});
