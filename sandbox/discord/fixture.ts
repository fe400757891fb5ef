/** The start of the sandbox's own tests: one Discord, and the real clients on it. */

import type { RESTOptions } from '@discordjs/rest';
import { REST } from '@discordjs/rest';
import { Client, Events, GatewayIntentBits, Partials } from 'discord.js';
import { onTestFinished } from 'vitest';
import { isRecord } from './json.ts';
import type { SandboxDiscord } from './start-discord.ts';
import { startDiscord } from './start-discord.ts';

export async function startSandbox(): Promise<SandboxDiscord> {
  const discord = await startDiscord();
  onTestFinished(() => discord.close());
  return discord;
}

export const usualIntents = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMembers, GatewayIntentBits.GuildMessages];

export function newClient(discord: SandboxDiscord, intents: number[] = usualIntents): Client {
  const client = new Client({
    rest: { api: discord.apiUrl, version: '10' },
    intents,
    partials: [Partials.GuildMember, Partials.Channel],
  });
  onTestFinished(() => client.destroy());
  return client;
}

export async function login(discord: SandboxDiscord, intents?: number[]): Promise<Client> {
  const client = newClient(discord, intents);
  const ready = new Promise((resolve) => client.once(Events.ClientReady, resolve));
  await client.login(discord.token);
  await ready;
  return client;
}

/** Retries nothing unless told to, so that a test sees each answer. */
export const newRest = (discord: SandboxDiscord, options: Partial<RESTOptions> = {}): REST =>
  new REST({ api: discord.apiUrl, version: '10', retries: 0, ...options }).setToken(discord.token);

/** The plain call, where the client's own checks would be in the way. */
export const call = (discord: SandboxDiscord, method: string, path: string, body?: unknown): Promise<Response> =>
  fetch(`${discord.apiUrl}/v10${path}`, {
    method,
    headers: { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });

/** A JSON answer's object; what is none is a fault of the test. */
export async function jsonOf(response: Response): Promise<Record<string, unknown>> {
  const body: unknown = await response.json();
  if (isRecord(body)) return body;
  throw new Error(`Not an object: ${JSON.stringify(body)}`);
}

/** `[status, code]` of a rejection. */
export async function rejectionOf(answer: Promise<Response>): Promise<[number, unknown]> {
  const response = await answer;
  return [response.status, (await jsonOf(response)).code];
}

export async function openDm(discord: SandboxDiscord, userId: string): Promise<string> {
  return String((await jsonOf(await call(discord, 'POST', '/users/@me/channels', { recipient_id: userId }))).id);
}
