import { setTimeout as delay } from 'node:timers/promises';
import { type SessionInfo, WebSocketManager, WebSocketShardEvents, WebSocketShardStatus } from '@discordjs/ws';
import { BackOff } from '@moddy/runtime/back-off';
import { RetryLater } from '@moddy/runtime/errors';
import { type GatewayDispatchPayload, GatewayIntentBits, type GatewaySendPayload } from 'discord.js';
import type { BotConfig } from '../config.ts';
import { type DiscordRest, withDiscordDeadline } from '../discord/rest.ts';
import type { Timings } from '../timings.ts';
import { causeOf, faultOfClose, type GatewayFault } from './gateway-faults.ts';

/** Bounds IDENTIFYs: some time apart, and so many within an hour. In memory; Discord's own count covers restarts. */
export class IdentifyBudget {
  readonly #timings: Pick<Timings, 'identifySpacingMs' | 'identifiesPerWindow' | 'identifyWindowMs'>;
  #sentAt: readonly number[] = [];

  constructor(timings: Pick<Timings, 'identifySpacingMs' | 'identifiesPerWindow' | 'identifyWindowMs'>) {
    this.#timings = timings;
  }

  /** Until the next IDENTIFY may be sent; 0 when it may be sent now. */
  waitMs(): number {
    const { identifySpacingMs, identifiesPerWindow, identifyWindowMs } = this.#timings;
    const never = Number.NEGATIVE_INFINITY;
    const spaced = (this.#sentAt.at(-1) ?? never) + identifySpacingMs;
    const counted = (this.#sentAt.at(-identifiesPerWindow) ?? never) + identifyWindowMs;
    return Math.max(0, Math.max(spaced, counted) - Date.now());
  }

  spend(): void {
    this.#sentAt = [...this.#sentAt, Date.now()].slice(-this.#timings.identifiesPerWindow);
  }
}

export interface SessionDeps {
  readonly config: BotConfig;
  readonly timings: Timings;
  readonly rest: DiscordRest;
  readonly budget: IdentifyBudget;
  readonly onDispatch: (packet: GatewayDispatchPayload) => void;
  /** The connection is lost and the session is being resumed. */
  readonly onLost: (cause: string) => void;
}

/** Discord resets the token of a bot that uses up its session starts; the rest is left to the operator. */
const MIN_SESSION_STARTS = 100;
const MAX_CLOSE_MS = 2_000;

/**
 * One session: at most one IDENTIFY, then RESUMEs. discord.js asks for the session before each of its connections;
 * that question is the gate at which each of them waits for its turn, and at which none passes once the session is over.
 * So a session that was given up never connects again, in whatever state discord.js is.
 */
export class GatewaySession {
  readonly #deps: SessionDeps;
  // discord.js re-exports this class's package, but hides the class behind the manager of its client.
  readonly #manager: WebSocketManager;
  readonly #ended = Promise.withResolvers<GatewayFault | undefined>();
  readonly #over = new AbortController();
  readonly #backOff: BackOff;
  #info: SessionInfo | null = null;
  /** Between the end of one connection and the start of the next one. */
  #idle = true;
  #attempts = 0;
  #wasConnected = false;
  #attemptTimer: NodeJS.Timeout | undefined;
  #lostAt: number | undefined;
  #socketError: Error | undefined;
  #cause = 'the connection failed';
  acknowledgedAt: number | undefined;

  constructor(deps: SessionDeps) {
    const { config, timings, rest } = deps;
    this.#deps = deps;
    this.#backOff = new BackOff(timings.loginRetryMs, timings.maxLoginRetryMs);
    const intents = GatewayIntentBits.Guilds | GatewayIntentBits.GuildMembers;
    this.#manager = new WebSocketManager({
      token: config.discordToken,
      intents: config.logMessages ? intents | GatewayIntentBits.GuildMessages : intents,
      rest: rest.client,
      shardCount: 1,
      // These bound the parts of one attempt; the timer of the whole bounds the rest.
      handshakeTimeout: timings.attemptMs / 3,
      helloTimeout: timings.attemptMs / 2,
      readyTimeout: timings.attemptMs / 2,
      retrieveSessionInfo: () => this.#retrieve(),
      updateSessionInfo: (_shardId, info) => {
        // discord.js forgets the session when a connection fails; Discord does not, it can still be resumed.
        if (info !== null || this.#socketError === undefined) this.#info = info;
      },
      buildIdentifyThrottler: () => ({
        waitForIdentify: async (_shardId, signal) => {
          await delay(deps.budget.waitMs(), undefined, { signal });
          deps.budget.spend();
        },
      }),
    });
    this.#listen();
  }

  /** Runs until the session has ended. @returns the cause, undefined when `left` ended it. */
  async run(left: AbortSignal): Promise<GatewayFault | undefined> {
    const onLeft = () => this.#end(undefined);
    left.addEventListener('abort', onLeft);
    if (left.aborted) onLeft();
    else void this.#connect();
    try {
      return await this.#ended.promise;
    } finally {
      left.removeEventListener('abort', onLeft);
      clearTimeout(this.#attemptTimer);
      // A gateway that does not answer the close frame must not hold us.
      const closeTimeout = new AbortController();
      const closed = Promise.resolve(this.#manager.destroy({ code: 1_000 })).catch(() => undefined);
      await Promise.race([closed, delay(MAX_CLOSE_MS, undefined, { signal: closeTimeout.signal })]);
      closeTimeout.abort();
    }
  }

  async send(payload: GatewaySendPayload): Promise<void> {
    await this.#manager.send(0, payload);
  }

  async #connect(): Promise<void> {
    const { rest, timings } = this.#deps;
    try {
      const { session_start_limit: limit } = await withDiscordDeadline(timings.readingDeadlineMs, () =>
        rest.call(() => this.#manager.fetchGatewayInformation()),
      );
      if (limit.remaining < MIN_SESSION_STARTS) {
        const until = new Date(Date.now() + limit.reset_after).toISOString();
        const detail = `Discord allows only ${limit.remaining} more session starts until ${until}: none is used`;
        // Asked again earlier than that: an operator can have the limit reset.
        const retryInMs = Math.min(limit.reset_after, timings.rejectedLoginRetryMs);
        this.#end({ detail, needsOperator: false, retryInMs });
        return;
      }
      if (this.#over.signal.aborted) return;
      // Rejects at the first error, which the listeners handle; the shard goes on by itself.
      await this.#manager.connect().catch(() => undefined);
    } catch (error) {
      // REST finds out by itself when the token is accepted again, and sends nothing until then.
      if (rest.rejectedSince !== undefined) this.#end({ ...faultOfClose(4_004), needsOperator: false });
      else this.#fail(error instanceof RetryLater ? error.message : 'Discord answered something unexpected');
    }
  }

  #listen(): void {
    const { Closed, Dispatch, Error: Failed, HeartbeatComplete, SocketError } = WebSocketShardEvents;
    this.#manager.on(Dispatch, (packet) => {
      if (this.#over.signal.aborted) return;
      if (packet.t === 'READY' || packet.t === 'RESUMED') this.#connected();
      this.#deps.onDispatch(packet);
    });
    this.#manager.on(HeartbeatComplete, ({ ackAt }) => {
      this.acknowledgedAt = ackAt;
      void this.#watchResuming();
    });
    this.#manager.on(SocketError, (error) => {
      this.#socketError = error;
    });
    // discord.js's second message about a close code.
    this.#manager.on(Failed, () => undefined);
    this.#manager.on(Closed, (code) => this.#closed(code));
  }

  #connected(): void {
    clearTimeout(this.#attemptTimer);
    this.#wasConnected = true;
    this.#lostAt = undefined;
    this.#backOff.reset();
  }

  /** After opcode 9 discord.js resumes on the same connection, and sets its wait for RESUMED no end. */
  async #watchResuming(): Promise<void> {
    const status = (await this.#manager.fetchStatus()).first();
    if (status !== WebSocketShardStatus.Resuming || this.#lostAt !== undefined) return;
    this.#cause = 'Discord does not resume the session';
    this.#expect(this.#cause);
    this.#lost();
  }

  #closed(code: number): void {
    if (this.#over.signal.aborted) return;
    this.#idle = true;
    const final = faultOfClose(code);
    if (final.needsOperator) {
      this.#end(final);
      return;
    }
    // discord.js has closed it then, at Discord's word.
    const isInvalid = this.#wasConnected && this.#info === null;
    this.#cause = isInvalid ? 'Discord ended the session' : causeOf(code, this.#socketError);
    // After a close code of its own, 4200, discord.js does not connect again.
    this.#expect(this.#cause);
    if (this.#wasConnected) this.#lost();
  }

  #lost(): void {
    this.#lostAt ??= Date.now();
    this.#deps.onLost(this.#cause);
  }

  /** The next step of the connection, within the time for one attempt. */
  #expect(causeOfFailure: string): void {
    clearTimeout(this.#attemptTimer);
    this.#attemptTimer = setTimeout(() => this.#fail(causeOfFailure), this.#deps.timings.attemptMs);
  }

  async #retrieve(): Promise<SessionInfo | null> {
    if (!this.#idle && !this.#over.signal.aborted) return this.#info;
    const status = (await this.#manager.fetchStatus()).first();
    if (status !== WebSocketShardStatus.Idle && !this.#over.signal.aborted) return this.#info;
    return this.#passGate();
  }

  /** Resolves when the next connection may be made; never once the session is over. */
  async #passGate(): Promise<SessionInfo | null> {
    clearTimeout(this.#attemptTimer);
    const isFirst = this.#attempts === 0;
    if (!isFirst && this.#info === null) {
      if (this.#wasConnected)
        this.#end({ detail: `the gateway connection is lost: ${this.#cause}`, needsOperator: false });
      else this.#fail(this.#cause);
    }
    if (this.#lostAt !== undefined && Date.now() - this.#lostAt > this.#deps.timings.resumeForMs) {
      this.#fail(`the session could not be resumed: ${this.#cause}`);
    }
    // Discord's own pause of half a second comes before each of these.
    if (!isFirst) await delay(this.#backOff.next(), undefined, { signal: this.#over.signal }).catch(() => undefined);
    if (this.#over.signal.aborted) return new Promise(() => undefined);
    this.#attempts += 1;
    this.#idle = false;
    this.#socketError = undefined;
    this.#expect('the gateway does not answer');
    return this.#info;
  }

  #fail(cause: string): void {
    this.#end({ detail: `the gateway is not reachable: ${cause}`, needsOperator: false });
  }

  #end(fault: GatewayFault | undefined): void {
    this.#over.abort();
    this.#ended.resolve(fault);
  }
}
