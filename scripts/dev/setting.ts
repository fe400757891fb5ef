/* The settings of `make dev` from the environment and `.env`: ports, and real vendors in the place of the sandbox. */

import { createServer } from 'node:net';
import { Environment, type Variables } from '@moddy/runtime/config';
import { listen } from '@moddy/sandbox/listen';
import type { Addresses } from '../system/environment.ts';

export interface Setting {
  readonly addresses: Addresses;
  readonly ports: { readonly discord: number; readonly stripe: number; readonly console: number };
  /** The services' variables, without addresses: one variable would give both services the same. */
  readonly given: Readonly<Record<string, string>>;
  /** The faults, each with its cure. */
  readonly faults: readonly string[];
}

const ADDRESSES: ReadonlySet<string> = new Set([
  'PORT',
  'INTERNAL_PORT',
  'SANDBOX_PORT',
  'BOT_INTERNAL_URL',
  'BACKEND_INTERNAL_URL',
]);

/** The first port of each variable; the next services take the ports after it. */
const FIRST = { PORT: 8080, INTERNAL_PORT: 3000, SANDBOX_PORT: 4000 };

const VENDORS = [
  {
    name: 'Discord',
    needed: ['DISCORD_TOKEN', 'DISCORD_GUILD_ID', 'PLAN_ROLES'],
    also: ['DISCORD_CLIENT_ID', 'DISCORD_CLIENT_SECRET', 'DISCORD_PUBLIC_KEY', 'DISCORD_API_URL', 'PLAN_ROLES_RETIRED'],
  },
  { name: 'Stripe', needed: ['STRIPE_API_KEY', 'STRIPE_WEBHOOK_SECRET', 'PLAN_PRICES'], also: ['STRIPE_API_URL'] },
];

/** Stripe's own program, which passes events of a test account on to this machine. */
export const listenCommand = ({ backend }: Addresses): string =>
  `stripe listen --forward-to http://127.0.0.1:${backend.port}/payments/webhook`;

export function readSetting(variables: Variables): Setting {
  const environment = new Environment(variables);
  const given: Record<string, string> = {};
  for (const name of Object.keys(variables)) {
    const value = environment.optional(name);
    if (value !== undefined && !ADDRESSES.has(name)) given[name] = value;
  }
  const faults: string[] = [];
  const port = (name: keyof typeof FIRST): number => {
    const value = Number(environment.optional(name) ?? FIRST[name]);
    if (Number.isInteger(value) && value >= 1 && value <= 65_533) return value;
    faults.push(`${name} must be a port, before others that follow it: a number from 1 to 65533.`);
    return FIRST[name];
  };
  const [first, internal, sandbox] = [port('PORT'), port('INTERNAL_PORT'), port('SANDBOX_PORT')];
  const addresses = {
    bot: { port: first, internalPort: internal },
    backend: { port: first + 1, internalPort: internal + 1 },
  };
  for (const { name, needed, also } of VENDORS) {
    const present = [...needed, ...also].filter((variable) => variable in given);
    const missing = needed.filter((variable) => !(variable in given));
    if (present.length === 0 || missing.length === 0) continue;
    faults.push(
      `${present.join(', ')} given: with your own ${name}, set ${missing.join(', ')} too; for the local one, unset all of them. See docs/test-keys.md.`,
    );
    if (missing.includes('STRIPE_WEBHOOK_SECRET')) {
      faults.push(`STRIPE_WEBHOOK_SECRET is what this prints: ${listenCommand(addresses)}`);
    }
  }
  if (/^[sr]k_live_/.test(given.STRIPE_API_KEY ?? '')) {
    faults.push('STRIPE_API_KEY is a live key, with which people really pay: take one of the test mode.');
  }
  return {
    addresses,
    ports: { discord: sandbox, stripe: sandbox + 1, console: sandbox + 2 },
    given,
    faults,
  };
}

/** Ports that cannot be had, each with its variable and cure. */
export async function busyPorts({ addresses: { bot, backend }, ports, given }: Setting): Promise<string[]> {
  const uses = [
    { port: bot.port, variable: 'PORT', by: 'bot, public' },
    { port: backend.port, variable: 'PORT', by: 'site' },
    { port: bot.internalPort, variable: 'INTERNAL_PORT', by: 'bot, private' },
    { port: backend.internalPort, variable: 'INTERNAL_PORT', by: 'backend, private' },
    { port: ports.discord, variable: 'SANDBOX_PORT', by: 'local Discord' },
    { port: ports.stripe, variable: 'SANDBOX_PORT', by: 'local Stripe' },
    { port: ports.console, variable: 'SANDBOX_PORT', by: 'console' },
  ];
  const host = given.LISTEN_HOST ?? '127.0.0.1';
  const faults: string[] = [];
  for (const [index, { port, variable, by }] of uses.entries()) {
    const other = uses.slice(0, index).find((earlier) => earlier.port === port);
    const code = await whyNotBound(port, host);
    if (code !== undefined && code !== 'EADDRINUSE' && code !== 'EACCES')
      return [`LISTEN_HOST is no address of this machine (${code}): unset it.`];
    const why = other
      ? `is also the one of: ${other.by}. Set`
      : code === 'EADDRINUSE'
        ? 'is in use. End the program that uses it, or set'
        : code === 'EACCES'
          ? 'is not open to this user. Set'
          : undefined;
    if (why !== undefined)
      faults.push(`Port ${port} (${by}) ${why} ${variable} to another number; the next ones follow it.`);
  }
  return faults;
}

/** Node's code for a port on which nothing can listen at the moment. */
async function whyNotBound(port: number, host: string): Promise<string | undefined> {
  const server = createServer();
  try {
    await listen(server, port, host);
    return undefined;
  } catch (error) {
    if (error instanceof Error && 'code' in error && typeof error.code === 'string') return error.code;
    throw error;
  } finally {
    server.close();
  }
}
