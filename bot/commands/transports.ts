import { createPublicKey, type KeyObject, verify } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { BackOff } from '@moddy/runtime/back-off';
import { RetryLater } from '@moddy/runtime/errors';
import { readBytes } from '@moddy/runtime/http/request';
import { type APIInteraction, InteractionResponseType, InteractionType } from 'discord.js';
import type { Hono } from 'hono';
import { ALREADY_ACKNOWLEDGED, codeOf } from '../discord/faults.ts';
import { type CommandDeps, EPHEMERAL, runCommand } from './commands.ts';
import { type Invocation, invocationOf } from './invocation.ts';
import type { CommandReply } from './reply.ts';

/** Answers an interaction that came over the gateway: deferred at once, the command runs meanwhile. */
export function answerOverGateway(interaction: APIInteraction, deps: CommandDeps): void {
  const invocation = invocationOf(interaction, deps.config.guildId);
  if (invocation === undefined) return;
  const { interactionId, token } = invocation;
  const deferral = deps.rest.callWithoutToken((api) => api.interactions.defer(interactionId, token, EPHEMERAL));
  deps.inFlight.add(answer(invocation, deps, deferral.catch(ignoreLostAnswer)));
}

/** Discord may have taken the deferral though its answer was lost; then the reply can still be edited in. */
function ignoreLostAnswer(error: unknown): void {
  if (codeOf(error) !== ALREADY_ACKNOWLEDGED && !(error instanceof RetryLater)) throw error;
}

const MAX_BODY_BYTES = 256 * 1024;

/** Adds `POST /interactions`, which Discord calls, signed, instead of telling the gateway. */
export function addInteractionsEndpoint(app: Hono, publicKey: string, deps: CommandDeps): void {
  const isSigned = signatureVerifier(publicKey);
  app.post('/interactions', async (c) => {
    const body = new Uint8Array(await readBytes(c, MAX_BODY_BYTES));
    // Discord tries forged ones, and removes an endpoint that does not answer them with 401.
    if (!isSigned(c.req.header('x-signature-ed25519'), c.req.header('x-signature-timestamp'), body)) {
      return c.json({ error: 'Invalid signature' }, 401);
    }
    // Signed by Discord, hence as Discord documents it.
    const interaction = JSON.parse(Buffer.from(body).toString()) as APIInteraction;
    if (interaction.type === InteractionType.Ping) return c.json({ type: InteractionResponseType.Pong });
    const invocation = invocationOf(interaction, deps.config.guildId);
    if (invocation === undefined) return c.json({ error: 'Not a slash command' }, 400);
    deps.inFlight.add(answer(invocation, deps));
    return c.json({ type: InteractionResponseType.DeferredChannelMessageWithSource, data: EPHEMERAL });
  });
}

async function answer(invocation: Invocation, deps: CommandDeps, deferral?: Promise<void>): Promise<void> {
  try {
    const [reply] = await Promise.all([runCommand(invocation, deps), deferral]);
    await sendReply(invocation, reply, deps);
  } catch (error) {
    const { interactionId, command } = invocation;
    deps.log.error('an interaction could not be answered', { eventId: interactionId, name: command, error });
  }
}

/** Unknown Webhook, Unknown Message: over HTTP the reply can be faster than Discord's reading of the deferral. */
const NOT_YET = new Set([10015, 10008]);
/** With the pauses between them about a minute; the token of an interaction is good for 15. */
const ATTEMPTS = 9;
const MAX_PAUSE_MS = 15_000;

/** Puts the answer where the deferral said "thinking…". */
async function sendReply(
  { applicationId, token }: Invocation,
  reply: CommandReply,
  { rest, timings }: CommandDeps,
): Promise<void> {
  const backOff = new BackOff(timings.replyRetryMs, MAX_PAUSE_MS);
  for (let attempt = 1; ; attempt += 1) {
    try {
      await rest.callWithoutToken((api) => api.interactions.editReply(applicationId, token, reply));
      return;
    } catch (error) {
      const isLater = error instanceof RetryLater || NOT_YET.has(codeOf(error) ?? 0);
      if (attempt >= ATTEMPTS || !isLater) throw error;
      await delay(backOff.next());
    }
  }
}

/** The bytes before the 32 of a raw Ed25519 key in its DER form (RFC 8410). */
const DER_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const SIGNATURE = /^[0-9a-f]{128}$/i;

/** Makes the check of Discord's signature, with the key parsed once. @param publicKey 64 hex digits. */
function signatureVerifier(publicKey: string) {
  const key: KeyObject = createPublicKey({
    key: Buffer.concat([DER_PREFIX, Buffer.from(publicKey, 'hex')]),
    format: 'der',
    type: 'spki',
  });
  return (signature: string | undefined, timestamp: string | undefined, body: Uint8Array): boolean => {
    if (signature === undefined || timestamp === undefined || !SIGNATURE.test(signature)) return false;
    // Raw bytes: Discord signs exactly these.
    return verify(null, Buffer.concat([Buffer.from(timestamp), body]), key, Buffer.from(signature, 'hex'));
  };
}
