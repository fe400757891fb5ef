import { setTimeout as delay } from 'node:timers/promises';
import { BackOff } from '@moddy/runtime/back-off';
import type { Logger } from '@moddy/runtime/log';
import type { GatewayDispatchPayload, GatewaySendPayload } from 'discord.js';
import type { BotConfig } from '../config.ts';
import type { DiscordRest } from '../discord/rest.ts';
import { throttleLog } from '../throttle-log.ts';
import type { Timings } from '../timings.ts';
import type { GatewayFault } from './gateway-faults.ts';
import { GatewaySession, IdentifyBudget } from './gateway-session.ts';

export interface GatewayDeps {
  readonly config: BotConfig;
  readonly timings: Timings;
  readonly log: Logger;
  readonly rest: DiscordRest;
  readonly onDispatch: (packet: GatewayDispatchPayload) => void;
}

export type Gateway = ReturnType<typeof createGateway>;

type State =
  | { readonly kind: 'connected'; readonly since: number }
  | { readonly kind: 'connecting' | 'reconnecting'; readonly since: number; readonly detail: string };

/**
 * The connection to Discord's gateway: one session after another, never two. It knows its own state, which discord.js
 * does not report, and keeps to Discord's limits of IDENTIFYs whatever fails.
 */
export function createGateway({ config, timings, log, rest, onDispatch }: GatewayDeps) {
  const left = new AbortController();
  const mayLog = throttleLog();
  const backOff = new BackOff(timings.loginRetryMs, timings.maxLoginRetryMs);
  const budget = new IdentifyBudget(timings);
  let state: State = { kind: 'connecting', since: Date.now(), detail: 'not connected yet' };
  let session: GatewaySession | undefined;
  let running: Promise<void> | undefined;

  async function keepConnected(): Promise<void> {
    const { signal } = left;
    while (!signal.aborted) {
      const fault = await runSession();
      if (fault === undefined) return;
      const retryInMs = fault.needsOperator
        ? timings.rejectedLoginRetryMs
        : Math.max(fault.retryInMs ?? 0, backOff.next());
      state = { kind: 'connecting', since: Date.now(), detail: fault.detail };
      if (mayLog(fault.detail)) log.error(fault.detail, { retryInMs });
      await delay(retryInMs, undefined, { signal }).catch(() => undefined);
    }
  }

  /** The life of one session. @returns what ended it, undefined when we left. */
  async function runSession(): Promise<GatewayFault | undefined> {
    const waitMs = budget.waitMs();
    if (waitMs > timings.identifySpacingMs) {
      return { detail: 'too many session starts within an hour', needsOperator: false, retryInMs: waitMs };
    }
    await delay(waitMs, undefined, { signal: left.signal }).catch(() => undefined);
    session = new GatewaySession({ config, timings, rest, budget, onDispatch: dispatch, onLost: lost });
    return session.run(left.signal);
  }

  function dispatch(packet: GatewayDispatchPayload): void {
    if (packet.t === 'READY' || packet.t === 'RESUMED') {
      state = { kind: 'connected', since: Date.now() };
      backOff.reset();
      log.info('connected to the gateway', { name: packet.t.toLowerCase() });
    }
    try {
      onDispatch(packet);
    } catch (error) {
      if (mayLog('event')) log.error('a gateway event was not understood', { name: packet.t, error });
    }
  }

  function lost(cause: string): void {
    const since = state.kind === 'connected' ? Date.now() : state.since;
    const message = 'the gateway connection is lost, reconnecting';
    state = { kind: 'reconnecting', since, detail: `${message}: ${cause}` };
    if (mayLog(message)) log.warn(message, { detail: cause });
  }

  /** Since the gateway last answered; undefined while there is no connection. */
  const heartbeatAckAgeMs = (): number | undefined =>
    state.kind === 'connected' ? Date.now() - Math.max(state.since, session?.acknowledgedAt ?? 0) : undefined;

  return {
    /** Undefined when well, else the problem in plain words. */
    get fault(): string | undefined {
      if (state.kind !== 'connected') return state.detail;
      const ackAgeMs = heartbeatAckAgeMs() ?? 0;
      return ackAgeMs > timings.maxHeartbeatAgeMs ? `no heartbeat for ${Math.round(ackAgeMs / 1_000)} s` : undefined;
    },
    heartbeatAckAgeMs,
    /** Starts to connect, and returns at once: the listeners must not wait for Discord. */
    start(): void {
      running ??= keepConnected();
    },
    /** Sends on the current connection; fails silently without one. */
    async send(payload: GatewaySendPayload): Promise<void> {
      await session?.send(payload);
    },
    /** Closes the session, so that neither another process nor a late event meets this one. */
    async leave(): Promise<void> {
      left.abort();
      await running;
    },
  };
}
