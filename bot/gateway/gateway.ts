import { setTimeout as delay } from 'node:timers/promises';
import { BackOff } from '@moddy/runtime/back-off';
import type { Logger } from '@moddy/runtime/log';
import type { GatewayDispatchPayload, GatewaySendPayload } from 'discord.js';
import type { BotConfig } from '../config.ts';
import type { DiscordRest } from '../discord/rest.ts';
import { throttleLog } from '../throttle-log.ts';
import type { Timings } from '../timings.ts';
import type { GatewayFault } from './gateway-faults.ts';
import { GatewaySession } from './gateway-session.ts';
import { IdentifyBudget } from './identify-budget.ts';

export type OnDispatch = (packet: GatewayDispatchPayload) => void;

type State =
  | { readonly kind: 'connected'; readonly since: number }
  | { readonly kind: 'connecting' | 'reconnecting'; readonly since: number; readonly detail: string };

/**
 * The connection to Discord's gateway: one session after another, never two. It knows its own state, which discord.js
 * does not report, and keeps to Discord's limits of IDENTIFYs whatever fails.
 */
export class Gateway {
  readonly #config: BotConfig;
  readonly #timings: Timings;
  readonly #log: Logger;
  readonly #rest: DiscordRest;
  readonly #onDispatch: OnDispatch;
  readonly #left = new AbortController();
  readonly #mayLog = throttleLog();
  readonly #backOff: BackOff;
  readonly #budget: IdentifyBudget;
  #state: State = { kind: 'connecting', since: Date.now(), detail: 'not connected yet' };
  #session: GatewaySession | undefined;
  #running: Promise<void> | undefined;

  constructor(config: BotConfig, timings: Timings, log: Logger, rest: DiscordRest, onDispatch: OnDispatch) {
    this.#config = config;
    this.#timings = timings;
    this.#log = log;
    this.#rest = rest;
    this.#onDispatch = onDispatch;
    this.#backOff = new BackOff(timings.loginRetryMs, timings.maxLoginRetryMs);
    this.#budget = new IdentifyBudget(timings);
  }

  /** Undefined when well, else the problem in plain words. */
  get fault(): string | undefined {
    if (this.#state.kind !== 'connected') return this.#state.detail;
    const ackAgeMs = this.heartbeatAckAgeMs ?? 0;
    return ackAgeMs > this.#timings.maxHeartbeatAgeMs
      ? `no heartbeat for ${Math.round(ackAgeMs / 1_000)} s`
      : undefined;
  }

  /** Since the gateway last answered; undefined while there is no connection. */
  get heartbeatAckAgeMs(): number | undefined {
    if (this.#state.kind !== 'connected') return undefined;
    return Date.now() - Math.max(this.#state.since, this.#session?.acknowledgedAt ?? 0);
  }

  /** Starts to connect, and returns at once: the listeners must not wait for Discord. */
  start(): void {
    this.#running ??= this.#keepConnected();
  }

  /** Sends on the current connection; fails silently without one. */
  async send(payload: GatewaySendPayload): Promise<void> {
    await this.#session?.send(payload);
  }

  /** Closes the session, so that neither another process nor a late event meets this one. */
  async leave(): Promise<void> {
    this.#left.abort();
    await this.#running;
  }

  async #keepConnected(): Promise<void> {
    const { signal } = this.#left;
    while (!signal.aborted) {
      const fault = await this.#runSession();
      if (fault === undefined) return;
      const retryInMs = fault.needsOperator
        ? this.#timings.rejectedLoginRetryMs
        : Math.max(fault.retryInMs ?? 0, this.#backOff.next());
      this.#state = { kind: 'connecting', since: Date.now(), detail: fault.detail };
      if (this.#mayLog(fault.detail)) this.#log.error(fault.detail, { retryInMs });
      await delay(retryInMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** The life of one session. @returns what ended it, undefined when we left. */
  async #runSession(): Promise<GatewayFault | undefined> {
    const waitMs = this.#budget.waitMs();
    if (waitMs > this.#timings.identifySpacingMs) {
      return { detail: 'too many session starts within an hour', needsOperator: false, retryInMs: waitMs };
    }
    await delay(waitMs, undefined, { signal: this.#left.signal }).catch(() => undefined);
    this.#session = new GatewaySession({
      config: this.#config,
      timings: this.#timings,
      rest: this.#rest,
      budget: this.#budget,
      onDispatch: (packet) => this.#dispatch(packet),
      onLost: (cause) => this.#lost(cause),
    });
    return this.#session.run(this.#left.signal);
  }

  #dispatch(packet: GatewayDispatchPayload): void {
    if (packet.t === 'READY' || packet.t === 'RESUMED') {
      this.#state = { kind: 'connected', since: Date.now() };
      this.#backOff.reset();
      this.#log.info('connected to the gateway', { name: packet.t.toLowerCase() });
    }
    try {
      this.#onDispatch(packet);
    } catch (error) {
      if (this.#mayLog('event')) this.#log.error('a gateway event was not understood', { name: packet.t, error });
    }
  }

  #lost(cause: string): void {
    const since = this.#state.kind === 'connected' ? Date.now() : this.#state.since;
    this.#state = { kind: 'reconnecting', since, detail: `the gateway connection is lost, reconnecting: ${cause}` };
    const message = 'the gateway connection is lost, reconnecting';
    if (this.#mayLog(message)) this.#log.warn(message, { detail: cause });
  }
}
