import type { APIMessage } from 'discord-api-types/v10';
import type { Invocation } from '../interactions/invocation.ts';
import type { Change } from '../world/changes.ts';
import { directChannelOf } from '../world/direct-channels.ts';
import type { World } from '../world/world.ts';

const DEFAULT_TIMEOUT_MS = 5000;

/** Looks now and after every change until `check` finds something. */
export function waitUntil<T>(
  world: World,
  what: string,
  check: (change: Change | undefined) => T | undefined,
  timeoutMs = DEFAULT_TIMEOUT_MS,
): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const now = check(undefined);
  if (now !== undefined) return Promise.resolve(now);
  const off = world.changes.on((change) => {
    const found = check(change);
    if (found === undefined) return;
    stop();
    resolve(found);
  });
  const fail = (reason: string) => {
    stop();
    reject(new Error(reason));
  };
  const end = () => fail(`The sandbox closed while waiting for ${what}.`);
  const timer = setTimeout(() => fail(`Waited ${timeoutMs} ms in vain for ${what}.`), timeoutMs);
  const stop = () => {
    clearTimeout(timer);
    off();
    world.closing.signal.removeEventListener('abort', end);
  };
  world.closing.signal.addEventListener('abort', end);
  return promise;
}

export const directMessages = (world: World, userId: string): APIMessage[] =>
  world.messages.get(directChannelOf(world, userId)?.id ?? '') ?? [];

/** A message from the bot that is, or arrives, in a user's direct channel. */
export const waitForDm = (
  world: World,
  userId: string,
  matches: (message: APIMessage) => boolean = () => true,
  timeoutMs?: number,
): Promise<APIMessage> =>
  waitUntil(
    world,
    `a direct message to ${userId}`,
    () => directMessages(world, userId).find((message) => message.author.id === world.botId && matches(message)),
    timeoutMs,
  );

export const waitForRoles = (
  world: World,
  userId: string,
  matches: (roles: string[]) => boolean,
  timeoutMs?: number,
): Promise<string[]> =>
  waitUntil(
    world,
    `the roles of ${userId}`,
    () => {
      const roles = world.guild.members.get(userId)?.roles;
      return roles && matches(roles) ? [...roles] : undefined;
    },
    timeoutMs,
  );

/** The message a command was answered with, be it at once or after a deferral; rejects when Discord gave up on it. */
export async function waitForAnswer(world: World, invocation: Invocation, timeoutMs?: number): Promise<APIMessage> {
  const { message, failure } = await waitUntil(
    world,
    `the answer to /${invocation.commandName}`,
    () => (invocation.message || invocation.failure ? invocation : undefined),
    timeoutMs,
  );
  if (!message) throw new Error(failure ?? 'The answer was deleted.');
  return message;
}
