import type { Invocation } from '../discord/interactions/invocation.ts';
import type { SandboxDiscord } from '../discord/start-discord.ts';

const KEPT = 10;

/** The commands that were typed here: Discord shows their answers to the user who typed them, and keeps them nowhere. */
export interface Asked {
  ask(userId: string, command: string): void;
  by(userId: string): readonly Invocation[];
  /** The bot's process has seen the user's language, which only a command shows it. */
  hasShownLanguage(userId: string): boolean;
  /** A fresh process of the bot has seen no member's language yet. */
  forgetLanguages(): void;
}

export function askedOf(discord: SandboxDiscord): Asked {
  const invocations = new Map<string, Invocation[]>();
  let ofEarlierProcesses = new WeakSet<Invocation>();
  return {
    ask: (userId, command) => {
      const invocation = discord.invokeCommand(userId, command);
      invocations.set(userId, [...(invocations.get(userId) ?? []), invocation].slice(-KEPT));
    },
    by: (userId) => invocations.get(userId) ?? [],
    hasShownLanguage: (userId) =>
      invocations
        .get(userId)
        ?.some((each) => (each.state === 'deferred' || each.state === 'answered') && !ofEarlierProcesses.has(each)) ??
      false,
    forgetLanguages: () => {
      ofEarlierProcesses = new WeakSet([...invocations.values()].flat());
    },
  };
}
