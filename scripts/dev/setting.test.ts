import { once } from 'node:events';
import { createServer } from 'node:net';
import { freePort } from '@moddy/sandbox/free-port';
import { describe, expect, it, onTestFinished } from 'vitest';
import { busyPorts, readSetting } from './setting.ts';

const YOUR_STRIPE = {
  STRIPE_API_KEY: 'sk_test_1',
  STRIPE_WEBHOOK_SECRET: 'whsec_1',
  PLAN_PRICES: '{"a": ["price_1"]}',
};
const YOUR_DISCORD = { DISCORD_TOKEN: 'token', DISCORD_GUILD_ID: '1', PLAN_ROLES: '{"a": ["2"]}' };

describe('your own Discord and Stripe', () => {
  it.each([{}, YOUR_STRIPE, YOUR_DISCORD, { ...YOUR_STRIPE, ...YOUR_DISCORD, DISCORD_CLIENT_ID: '3' }])(
    'may be left out or complete: %o',
    (variables) => {
      const { faults, given } = readSetting(variables);
      expect(faults).toEqual([]);
      expect(given).toEqual(variables);
    },
  );

  it.each([
    [{ DISCORD_TOKEN: 'token' }, ['DISCORD_TOKEN given: with your own Discord, set DISCORD_GUILD_ID, PLAN_ROLES too']],
    [
      { DISCORD_CLIENT_ID: '3' },
      ['DISCORD_CLIENT_ID given: with your own Discord, set DISCORD_TOKEN, DISCORD_GUILD_ID'],
    ],
    [{ PLAN_ROLES: '{}' }, ['PLAN_ROLES given: with your own Discord, set DISCORD_TOKEN, DISCORD_GUILD_ID too']],
    [
      { STRIPE_API_KEY: 'sk_test_1', PORT: '9000' },
      [
        'STRIPE_API_KEY given: with your own Stripe, set STRIPE_WEBHOOK_SECRET, PLAN_PRICES too',
        'STRIPE_WEBHOOK_SECRET is what this prints: stripe listen --forward-to http://127.0.0.1:9001/payments/webhook',
      ],
    ],
    [
      { PLAN_PRICES: '{}', ...YOUR_DISCORD },
      ['PLAN_PRICES given: with your own Stripe, set STRIPE_API_KEY', 'stripe listen'],
    ],
    [{ ...YOUR_STRIPE, STRIPE_API_KEY: 'rk_live_1' }, ['STRIPE_API_KEY is a live key']],
  ])('are never mixed with values of the sandbox: %o', (variables, faults) => {
    expect(readSetting(variables).faults).toEqual(faults.map((fault) => expect.stringContaining(fault)));
  });

  it('count an empty variable as unset', () => {
    expect(readSetting({ DISCORD_TOKEN: ' ', STRIPE_API_KEY: '' })).toMatchObject({ faults: [], given: {} });
  });
});

describe('ports', () => {
  it('of both services differ, although both variables are called PORT', () => {
    const { addresses, given, ports } = readSetting({ PORT: '9000', INTERNAL_PORT: '9100', SANDBOX_PORT: '9200' });
    expect(addresses).toEqual({ bot: { port: 9000, internalPort: 9100 }, backend: { port: 9001, internalPort: 9101 } });
    expect(ports).toEqual({ discord: 9200, stripe: 9201, console: 9202 });
    expect(given).toEqual({});
  });

  it('in use, or used twice, are reported with the variable that changes them', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    onTestFinished(() => void server.close());
    const address = server.address();
    const taken = typeof address === 'object' && address ? address.port : 0;
    const free = await freePort();
    const setting = readSetting({ PORT: String(taken), INTERNAL_PORT: String(taken), SANDBOX_PORT: String(free) });
    const faults = await busyPorts(setting);
    expect(faults).toContain(
      `Port ${taken} (bot, public) is in use. End the program that uses it, or set PORT to another number; the next ones follow it.`,
    );
    expect(faults).toContain(
      `Port ${taken + 1} (backend, private) is also the one of: site. Set INTERNAL_PORT to another number; the next ones follow it.`,
    );
    expect(faults.join()).not.toContain(`Port ${free} `);
  });

  it.each(['no host', '192.0.2.1'])('on an address of another machine are one fault: %s', async (host) => {
    expect(await busyPorts(readSetting({ LISTEN_HOST: host }))).toEqual([
      expect.stringMatching(/^LISTEN_HOST is no address of this machine \(E\w+\): unset it\.$/),
    ]);
  });

  it.each(['0', '65534', 'x'])('must be valid and leave room for the next ones: %s', (port) => {
    expect(readSetting({ SANDBOX_PORT: port }).faults).toEqual([
      expect.stringContaining('SANDBOX_PORT must be a port'),
    ]);
  });
});
