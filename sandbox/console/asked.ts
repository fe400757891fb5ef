import type { Invocation } from '../discord/interactions/invocation.ts';
import type { SandboxDiscord } from '../discord/start-discord.ts';

const KEPT = 10;

export type Asked = ReturnType<typeof askedOf>;

/** The commands that were typed here: Discord shows their answers to the user who typed them, and keeps them nowhere. */
export function askedOf(discord: SandboxDiscord) {
  const invocations = new Map<string, Invocation[]>();
  let ofEarlierProcesses = new WeakSet<Invocation>();
  return {
    ask: (userId: string, command: string) => {
      const invocation = discord.invokeCommand(userId, command);
      invocations.set(userId, [...(invocations.get(userId) ?? []), invocation].slice(-KEPT));
    },
    by: (userId: string): readonly Invocation[] => invocations.get(userId) ?? [],
    /** The bot's process has seen the user's language, which only a command shows it. */
    hasShownLanguage: (userId: string): boolean =>
      invocations
        .get(userId)
        ?.some((each) => (each.state === 'deferred' || each.state === 'answered') && !ofEarlierProcesses.has(each)) ??
      false,
    /** A fresh process of the bot has seen no member's language yet. */
    forgetLanguages: () => {
      ofEarlierProcesses = new WeakSet([...invocations.values()].flat());
    },
  };
}
