import type { APIInteraction } from 'discord.js';
import { type CommandParts, EPHEMERAL, runCommand } from '../commands/commands.ts';
import { invocationOf } from '../commands/invocation.ts';
import type { DiscordRest } from '../discord/rest.ts';
import { sendReply } from './send-reply.ts';

/** Answers an interaction that came over the gateway: deferred at once, the command runs meanwhile. */
export async function answerOverGateway(
  interaction: APIInteraction,
  rest: DiscordRest,
  parts: CommandParts,
): Promise<void> {
  try {
    const invocation = invocationOf(interaction, parts.config.guildId);
    if (invocation === undefined) return;
    const { interactionId, token } = invocation;
    const [reply] = await Promise.all([
      runCommand(invocation, parts),
      rest.call((api) => api.interactions.defer(interactionId, token, EPHEMERAL)),
    ]);
    await sendReply(rest, invocation, reply);
  } catch (error) {
    parts.log.error('an interaction could not be answered', { eventId: interaction.id, error });
  }
}
