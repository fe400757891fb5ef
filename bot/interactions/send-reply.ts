import { setTimeout as delay } from 'node:timers/promises';
import type { Invocation } from '../commands/invocation.ts';
import type { CommandReply } from '../commands/reply.ts';
import { codeOf } from '../discord/faults.ts';
import type { DiscordRest } from '../discord/rest.ts';

/** Unknown Webhook, Unknown Message: over HTTP the reply can be faster than Discord's reading of the deferral. */
const NOT_YET = new Set([10015, 10008]);
const ATTEMPTS = 5;
const PAUSE_MS = 200;

/** Puts the answer where the deferral said "thinking…". */
export async function sendReply(rest: DiscordRest, invocation: Invocation, reply: CommandReply): Promise<void> {
  const { applicationId, token } = invocation;
  for (let attempt = 1; ; attempt += 1) {
    try {
      await rest.call((api) => api.interactions.editReply(applicationId, token, reply));
      return;
    } catch (error) {
      const code = codeOf(error);
      if (attempt >= ATTEMPTS || code === undefined || !NOT_YET.has(code)) throw error;
      await delay(PAUSE_MS * attempt);
    }
  }
}
