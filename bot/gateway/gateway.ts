import { setTimeout as delay } from 'node:timers/promises';
import { BackOff } from '@moddy/runtime/back-off';
import type { Logger } from '@moddy/runtime/log';
import { Client, Events, type GatewayDispatchPayload, GatewayIntentBits, Options } from 'discord.js';
import type { BotConfig } from '../config.ts';
import { throttleLog } from '../throttle-log.ts';
import type { Timings } from '../timings.ts';
import { faultOfClose, faultOfLogin, type LoginFault } from './login-faults.ts';

export type OnDispatch = (packet: GatewayDispatchPayload, client: Client) => void;

type State =
  | { readonly kind: 'connected'; readonly since: number }
  | { readonly kind: 'connecting' | 'reconnecting' | 'rejected'; readonly since: number; readonly detail: string };

const MAX_CLOSE_MS = 2_000;

/**
 * The connection to Discord's gateway, kept for ever: logs in with back-off, survives what discord.js gives up on, and
 * knows how it stands, which discord.js's `isReady()` does not.
 */
export class Gateway {
  readonly #config: BotConfig;
  readonly #timings: Timings;
  readonly #log: Logger;
  readonly #onDispatch: OnDispatch;
  readonly #left = new AbortController();
  readonly #mayLog = throttleLog();
  readonly #backOff: BackOff;
  #state: State = { kind: 'connecting', since: Date.now(), detail: 'not connected yet' };
  #client: Client | undefined;
  #running: Promise<void> | undefined;

  constructor(config: BotConfig, timings: Timings, log: Logger, onDispatch: OnDispatch) {
    this.#config = config;
    this.#timings = timings;
    this.#log = log;
    this.#onDispatch = onDispatch;
    this.#backOff = new BackOff(timings.loginRetryMs, timings.maxLoginRetryMs);
  }

  /** Undefined when well, else what is wrong in plain words. */
  get fault(): string | undefined {
    if (this.#state.kind !== 'connected') return this.#state.detail;
    const ackAgeMs = this.heartbeatAckAgeMs ?? 0;
    return ackAgeMs > this.#timings.maxHeartbeatAgeMs
      ? `no heartbeat for ${Math.round(ackAgeMs / 1_000)} s`
      : undefined;
  }

  /** Since the gateway was last heard of; undefined while there is no connection. */
  get heartbeatAckAgeMs(): number | undefined {
    if (this.#state.kind !== 'connected') return undefined;
    return Date.now() - Math.max(this.#state.since, this.#client?.ws.shards.first()?.lastPingTimestamp ?? 0);
  }

  /** Starts to log in, and answers at once: the listeners must not wait for Discord. */
  start(): void {
    this.#running ??= this.#keepConnected();
  }

  /** Closes the session, so that no other process and no late event meets this one. */
  async leave(): Promise<void> {
    this.#left.abort();
    await this.#running;
  }

  async #keepConnected(): Promise<void> {
    const { signal } = this.#left;
    while (!signal.aborted) {
      const fault = await this.#connectOnce();
      if (fault === undefined) return;
      this.#state = { kind: fault.needsOperator ? 'rejected' : 'connecting', since: Date.now(), detail: fault.detail };
      const retryInMs = fault.needsOperator ? this.#timings.rejectedLoginRetryMs : this.#backOff.next();
      if (this.#mayLog(fault.detail)) this.#log.error(fault.detail, { retryInMs });
      await delay(retryInMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** Lives as long as one client of discord.js; answers what ended it, undefined when we left. */
  async #connectOnce(): Promise<LoginFault | undefined> {
    const client = buildClient(this.#config, this.#timings);
    this.#client = client;
    const { promise: ended, resolve: end } = Promise.withResolvers<LoginFault | undefined>();
    const onLeft = () => end(undefined);
    this.#left.signal.addEventListener('abort', onLeft);
    client.on(Events.Raw, (packet: GatewayDispatchPayload) => this.#dispatch(packet, client));
    client.on(Events.ShardReconnecting, () => this.#lost());
    client.on(Events.ShardDisconnect, ({ code }) => end(faultOfClose(code)));
    client.on(Events.Invalidated, () => end({ detail: 'the gateway session is gone', needsOperator: false }));
    client.on(Events.ShardError, () => this.#lost());
    client.on(Events.Error, () => this.#lost());
    client.login(this.#config.discordToken).catch((error: unknown) => end(faultOfLogin(error)));
    try {
      return await ended;
    } finally {
      this.#left.signal.removeEventListener('abort', onLeft);
      this.#client = undefined;
      client.removeAllListeners();
      // discord.js emits late errors of its dying sockets; without a listener they would end the process.
      client.on(Events.Error, () => undefined);
      // A gateway that does not answer the close frame must not hold us.
      const closeTimeout = new AbortController();
      const closed = client
        .destroy()
        .catch((error: unknown) => this.#log.warn('the gateway client did not close', { error }));
      await Promise.race([closed, delay(MAX_CLOSE_MS, undefined, { signal: closeTimeout.signal })]);
      closeTimeout.abort();
    }
  }

  #dispatch(packet: GatewayDispatchPayload, client: Client): void {
    if (packet.t === 'READY' || packet.t === 'RESUMED') {
      this.#state = { kind: 'connected', since: Date.now() };
      this.#backOff.reset();
      this.#log.info('connected to the gateway', { name: packet.t.toLowerCase() });
    }
    try {
      this.#onDispatch(packet, client);
    } catch (error) {
      if (this.#mayLog('event')) this.#log.error('a gateway event was not understood', { name: packet.t, error });
    }
  }

  #lost(): void {
    const since = this.#state.kind === 'connected' ? Date.now() : this.#state.since;
    const detail = 'the gateway connection is lost, reconnecting';
    this.#state = { kind: 'reconnecting', since, detail };
    if (this.#mayLog(detail)) this.#log.warn(detail, { durationMs: Date.now() - since });
  }
}

/**
 * discord.js's client for the gateway alone: least intents, no caches (what the bot needs of the past it remembers
 * itself), and a REST of its own for the login, so that a refused login does not take the handlers' token along.
 */
export function buildClient({ discordApiUrl, logMessages }: BotConfig, { discordTimeoutMs }: Timings): Client {
  const intents = [GatewayIntentBits.Guilds, GatewayIntentBits.GuildMembers];
  if (logMessages) intents.push(GatewayIntentBits.GuildMessages);
  return new Client({
    intents,
    rest: { api: discordApiUrl, version: '10', timeout: discordTimeoutMs, retries: 1 },
    makeCache: Options.cacheWithLimits({
      GuildMemberManager: { maxSize: 0, keepOverLimit: (member) => member.id === member.client.user.id },
      MessageManager: 0,
      PresenceManager: 0,
      ReactionManager: 0,
      ThreadMemberManager: 0,
      UserManager: { maxSize: 0, keepOverLimit: (user) => user.id === user.client.user.id },
      VoiceStateManager: 0,
    }),
  });
}
