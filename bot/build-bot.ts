import { createBackendClient } from '@moddy/generated/backend-internal/client';
import { backendInternal } from '@moddy/generated/backend-internal/routes';
import { botInternal } from '@moddy/generated/bot-internal/routes';
import type { Logger } from '@moddy/runtime/log';
import { Metrics } from '@moddy/runtime/metrics';
import { createSkew, watchSkew } from '@moddy/runtime/skew';
import { GatewayDispatchEvents, type GatewayDispatchPayload, GatewayOpcodes } from 'discord.js';
import type { Hono } from 'hono';
import { InFlight } from './commands/commands.ts';
import { keepRegistering } from './commands/register.ts';
import { addInteractionsEndpoint, answerOverGateway } from './commands/transports.ts';
import type { BotConfig } from './config.ts';
import type { BotContext } from './context.ts';
import { createDirectMessages } from './discord/direct-messages.ts';
import { createGuild } from './discord/guild.ts';
import { IdempotencyCache } from './discord/idempotency-cache.ts';
import { createDiscordRest } from './discord/rest.ts';
import { createRoleUpdates } from './discord/role-updates.ts';
import { createEventSender } from './events/event-sender.ts';
import { EventsOfDispatch } from './events/events-of-dispatch.ts';
import { createGateway, type Gateway } from './gateway/gateway.ts';
import { surviveClientFaults } from './gateway/survive-client-faults.ts';
import { countDiscordCalls, createHealth, measureBot } from './health.ts';
import { SeenLocales } from './messages/seen-locales.ts';
import type { Timings } from './timings.ts';

/** Puts the bot's parts together. Opens nothing yet. */
export function buildBot(config: BotConfig, timings: Timings, log: Logger) {
  const metrics = new Metrics();
  const skew = createSkew([botInternal, backendInternal], { log, metrics });
  const backend = createBackendClient({
    baseUrl: config.backendUrl,
    secret: config.secret,
    previousSecret: config.previousSecret,
    onUndocumented: skew.undocumented,
  });
  const rest = createDiscordRest(config, timings, log, countDiscordCalls(metrics));
  const guild = createGuild(rest, config.guildId, timings);
  const seenLocales = new SeenLocales();
  const events = createEventSender(backend, timings, log);
  const directMessages = createDirectMessages(rest, config.guildId, timings);
  const eventsOfDispatch = new EventsOfDispatch(config);
  const inFlight = new InFlight();
  const commandDeps = { config, timings, rest, backend, events, seenLocales, inFlight, log };
  const onDispatch = (packet: GatewayDispatchPayload) => {
    // Malformed, or a guild in an outage, without its members: neither reports anything.
    if (packet.d === null || (packet.t === GatewayDispatchEvents.GuildCreate && packet.d.unavailable)) return;
    const event = eventsOfDispatch.read(packet);
    if (event?.body.event_type === 'member_joined') directMessages.forgetRejections(event.body.discord_id);
    if (event !== undefined) events.offer(event);
    if (packet.t === GatewayDispatchEvents.InteractionCreate && config.discordPublicKey === undefined) {
      answerOverGateway(packet.d, commandDeps);
    }
    keepMembersKnown(packet, config.guildId, gateway, log);
    onGuild(packet);
  };
  const gateway = createGateway({ config, timings, log, rest, onDispatch });
  let wasRemoved = false;
  const onGuild = (packet: GatewayDispatchPayload) => {
    // A removal while the gateway was lost shows only in the guilds of a new session.
    if (packet.t === GatewayDispatchEvents.Ready) {
      wasRemoved ||= packet.d.guilds.every(({ id }) => id !== config.guildId);
    }
    if (packet.t === GatewayDispatchEvents.GuildDelete && packet.d.id === config.guildId) {
      // Unavailable is an outage of the guild; else the bot was removed, and its commands of the guild with it.
      wasRemoved ||= !packet.d.unavailable;
      guild.forget();
      log.warn('the guild is not available', { guildId: config.guildId, detail: wasRemoved ? 'removed' : 'outage' });
    }
    if (packet.t !== GatewayDispatchEvents.GuildCreate || packet.d.id !== config.guildId) return;
    guild.forget();
    directMessages.forgetRejections();
    void health.logRoleFaults(log);
    if (wasRemoved) void keepRegistering(rest, config.guildId, timings, log, stopped.signal);
    wasRemoved = false;
  };
  const stopped = new AbortController();
  const healthDeps = {
    rest,
    guild,
    gateway,
    events,
    planRoles: config.planRoles,
    guildMaxAgeMs: timings.guildHealthMaxAgeMs,
    skew,
  };
  const health = createHealth(healthDeps);
  measureBot(metrics, health, healthDeps);
  const context: BotContext = {
    log,
    production: config.production,
    config,
    timings,
    health,
    rest,
    directMessages,
    notifications: new IdempotencyCache(),
    updateRoles: createRoleUpdates(rest, guild, timings),
    seenLocales,
  };
  return {
    context,
    metrics,
    addInteractions: (app: Hono) => {
      if (config.discordPublicKey !== undefined) {
        addInteractionsEndpoint(app, config.discordPublicKey, commandDeps);
      }
    },
    /** Starts the gateway and the background work once the listeners are up. */
    begin: () => {
      stopped.signal.addEventListener('abort', surviveClientFaults(log));
      gateway.start();
      void watchSkew(skew, (signal) => backend.healthCheck({ signal }), stopped.signal);
      void keepRegistering(rest, config.guildId, timings, log, stopped.signal);
    },
    leave: () => gateway.leave(),
    finish: async () => {
      await inFlight.settled(timings.commandDrainMs);
      await events.stop();
      rest.stop();
      stopped.abort();
    },
  };
}

/** Members are asked for at once, and again when Discord limits the question to later. */
const MAX_RETRY_SECONDS = 60;

/**
 * Asks the gateway for all members, so that the first change of each one's roles has a diff: without the presence
 * intent Discord sends hardly any along with a guild. The answer arrives as raw dispatches, which `MemberRoles` reads.
 */
function keepMembersKnown(packet: GatewayDispatchPayload, guildId: string, gateway: Gateway, log: Logger): void {
  const request = () =>
    void gateway
      .send({ op: GatewayOpcodes.RequestGuildMembers, d: { guild_id: guildId, query: '', limit: 0 } })
      .catch((error: unknown) => log.warn('the members are not known yet; role changes lack a diff', { error }));
  switch (packet.t) {
    case GatewayDispatchEvents.GuildCreate: {
      const { id, members, member_count: count } = packet.d;
      if (id === guildId && members.length < count) request();
      return;
    }
    case GatewayDispatchEvents.RateLimited:
      setTimeout(request, Math.min(packet.d.retry_after, MAX_RETRY_SECONDS) * 1_000).unref();
      return;
    case GatewayDispatchEvents.GuildMembersChunk:
      if (packet.d.guild_id === guildId && packet.d.chunk_index === packet.d.chunk_count - 1) {
        log.info('the members are known', { guildId });
      }
  }
}
