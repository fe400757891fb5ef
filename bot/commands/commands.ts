import { setTimeout as delay } from 'node:timers/promises';
import type { BackendClient } from '@moddy/generated/backend-internal/client';
import type { Logger } from '@moddy/runtime/log';
import { MessageFlags } from 'discord.js';
import type { BotConfig } from '../config.ts';
import type { DiscordRest } from '../discord/rest.ts';
import type { EventSender } from '../events/event-sender.ts';
import { localeOf, messagesIn } from '../messages/messages.ts';
import type { SeenLocales } from '../messages/seen-locales.ts';
import type { Timings } from '../timings.ts';
import type { Command } from './command.ts';
import { SUBSCRIPTION, USERINFO } from './definitions.ts';
import type { Invocation } from './invocation.ts';
import { type CommandReply, textReply } from './reply.ts';
import { subscription } from './subscription.ts';
import { userinfo } from './userinfo.ts';

export interface CommandDeps {
  readonly config: Pick<BotConfig, 'defaultLocale' | 'guildId' | 'websiteUrl' | 'inviteUrl'>;
  readonly timings: Pick<Timings, 'accountDeadlineMs' | 'replyRetryMs'>;
  readonly rest: DiscordRest;
  readonly backend: BackendClient;
  readonly events: Pick<EventSender, 'offer'>;
  readonly seenLocales: SeenLocales;
  readonly inFlight: InFlight;
  readonly log: Logger;
}

const commandOfName: ReadonlyMap<string, Command> = new Map([
  [USERINFO, userinfo],
  [SUBSCRIPTION, subscription],
]);

/** The only thing a deferral may carry (Discord docs, "Interaction Response Object"). */
export const EPHEMERAL = { flags: MessageFlags.Ephemeral } as const;

/** Runs a command, whichever way its interaction came, and tells the backend that it was used. */
export async function runCommand(
  invocation: Invocation,
  { config, timings, backend, events, seenLocales, log }: CommandDeps,
): Promise<CommandReply> {
  const { command, discordId, interactionId } = invocation;
  seenLocales.see(discordId, invocation.localeTag);
  events.offer(usedEvent(invocation));
  const messages = messagesIn[localeOf(invocation.localeTag) ?? config.defaultLocale];
  const run = commandOfName.get(command);
  if (run === undefined) return textReply(messages.commands.unknownCommand);
  try {
    // On the server there is nothing to join.
    const inviteUrl = invocation.guildId === config.guildId ? undefined : config.inviteUrl;
    return await run({ invocation, backend, timings, messages, websiteUrl: config.websiteUrl, inviteUrl });
  } catch (error) {
    log.error('command failed', { name: command, eventId: interactionId, discordId, error });
    return textReply(messages.commands.backendDown);
  }
}

const usedEvent = ({ interactionId, discordId, username, guildId, command }: Invocation) => ({
  idempotencyKey: `interaction:${interactionId}`,
  body: {
    event_type: 'command_used' as const,
    discord_id: discordId,
    metadata: { guild_id: guildId ?? null, timestamp: new Date().toISOString(), username, command },
  },
});

/** Answers to commands that are being worked on, so that a stop can wait for them. */
export class InFlight {
  readonly #running = new Set<Promise<void>>();

  /** @param work must not reject: it logs its own failures. */
  add(work: Promise<void>): void {
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
  }

  /** Resolves when all are done, at the latest after `atMostMs`. */
  async settled(atMostMs: number): Promise<void> {
    const waited = new AbortController();
    const enough = delay(atMostMs, undefined, { signal: waited.signal }).catch(() => undefined);
    await Promise.race([Promise.all(this.#running), enough]);
    waited.abort();
  }
}
