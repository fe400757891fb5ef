import { type APIInteraction, InteractionResponseType, InteractionType } from 'discord.js';
import type { Hono } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { type CommandParts, EPHEMERAL, runCommand } from '../commands/commands.ts';
import { type Invocation, invocationOf } from '../commands/invocation.ts';
import type { DiscordRest } from '../discord/rest.ts';
import { sendReply } from './send-reply.ts';
import { signatureVerifier } from './verify-signature.ts';

const MAX_BODY_BYTES = 256 * 1024;

/** Adds `POST /interactions`, which Discord calls, signed, instead of telling the gateway. */
export function addInteractionsEndpoint(app: Hono, publicKey: string, rest: DiscordRest, parts: CommandParts): void {
  const isSigned = signatureVerifier(publicKey);
  const limit = bodyLimit({
    maxSize: MAX_BODY_BYTES,
    onError: (c) => c.json({ error: 'Body too large' }, 413),
  });
  app.post('/interactions', limit, async (c) => {
    const body = new Uint8Array(await c.req.arrayBuffer());
    // Discord tries forged ones, and removes an endpoint that does not answer them with 401.
    if (!isSigned(c.req.header('x-signature-ed25519'), c.req.header('x-signature-timestamp'), body)) {
      return c.json({ error: 'Invalid signature' }, 401);
    }
    // Signed by Discord, hence as Discord documents it.
    const interaction = JSON.parse(Buffer.from(body).toString()) as APIInteraction;
    if (interaction.type === InteractionType.Ping) return c.json({ type: InteractionResponseType.Pong });
    const invocation = invocationOf(interaction, parts.config.guildId);
    if (invocation === undefined) return c.json({ error: 'Not a slash command' }, 400);
    parts.underWay.add(answer(invocation, rest, parts));
    return c.json({ type: InteractionResponseType.DeferredChannelMessageWithSource, data: EPHEMERAL });
  });
}

async function answer(invocation: Invocation, rest: DiscordRest, parts: CommandParts): Promise<void> {
  try {
    await sendReply(rest, invocation, await runCommand(invocation, parts));
  } catch (error) {
    const { interactionId, command } = invocation;
    parts.log.error('an interaction could not be answered', { eventId: interactionId, name: command, error });
  }
}
