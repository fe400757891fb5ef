import type { Invocation } from '../discord/interactions/invocation.ts';
import type { SandboxDiscord } from '../discord/start-discord.ts';

const KEPT = 10;

/** The commands that were typed here: Discord shows their answers to the one who asked, and keeps them nowhere. */
export interface Asked {
  ask(userId: string, command: string): void;
  by(userId: string): readonly Invocation[];
}

export function askedOf(discord: SandboxDiscord): Asked {
  const invocations = new Map<string, Invocation[]>();
  return {
    ask: (userId, command) => {
      const invocation = discord.invokeCommand(userId, command);
      invocations.set(userId, [...(invocations.get(userId) ?? []), invocation].slice(-KEPT));
    },
    by: (userId) => invocations.get(userId) ?? [],
  };
}
