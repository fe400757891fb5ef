import { setTimeout as delay } from 'node:timers/promises';
import { type BotClient, BotClientError } from '@moddy/generated/bot-internal/client';
import { backOffMs } from '@moddy/runtime/back-off';
import type { Logger } from '@moddy/runtime/log';
import type { Skew } from '@moddy/runtime/skew';

/** Why nothing is sent: `unreachable` waits for the bot, `misconfigured` for an operator. */
export interface Opened {
  readonly cause: 'unreachable' | 'misconfigured';
  readonly detail: string;
  readonly since: Date;
}

export interface Breaker {
  /** Undefined while deliveries may be sent. */
  readonly opened: Opened | undefined;
  /** When the bot's process started, as its health said last. */
  readonly botStartedAt: string | undefined;
  /**
   * After an attempt without an answer: polls the bot's health, and opens unless the bot is healthy.
   * @returns true if the breaker is open now.
   */
  suspect(): Promise<boolean>;
  start(): void;
  stop(): Promise<void>;
}

export interface BreakerDeps {
  readonly bot: BotClient;
  readonly log: Logger;
  /** Called with what every probe reports about the bot's contract. */
  readonly skew: Pick<Skew, 'see'>;
  /** Called when the bot or one of its needs is back, or its process is new: it may have missed deliveries. */
  readonly onBotBack: () => void;
  readonly healthyProbeMs?: number;
}

const PROBE = { firstMs: 250, longestMs: 3_000 } as const;
/**
 * Checks of the bot whose recovery lets deliveries succeed that could not: its guild, its token, its plan roles; and its
 * gateway, without which it misses the joins that messages wait for.
 */
const NEEDED = ['guild', 'token', 'roles', 'gateway'];
/** How often a healthy bot's `started_at` is checked. */
const HEALTHY_PROBE_MS = 30_000;

/**
 * Opens when the connection or the health check fails, and only then; its probe is `GET /internal/health`, never a
 * delivery. A bot that answers "unhealthy" is reachable: its handlers decide which operations still work.
 */
export function createBreaker({ bot, log, skew, onBotBack, healthyProbeMs = HEALTHY_PROBE_MS }: BreakerDeps): Breaker {
  const stopping = new AbortController();
  let opened: Opened | undefined;
  let failures = 0;
  /** Null before the first answer, so that this process confirms what an earlier one left open. */
  let startedAt: string | undefined | null = null;
  /** The checks of `NEEDED` that the bot's health last reported as unhealthy. */
  let unhealthy: readonly string[] = [];
  let probing: Promise<void> | undefined;
  let wakeUp = new AbortController();
  let loop: Promise<void> = Promise.resolve();

  const open = (cause: Opened['cause'], detail: string) => {
    if (opened === undefined || opened.cause !== cause) {
      log.warn('deliveries wait for the bot', { reason: cause, detail });
    }
    opened = { cause, detail, since: opened?.since ?? new Date() };
    failures += 1;
  };
  const probe = async () => {
    try {
      const health = await bot.healthCheck({ signal: stopping.signal });
      skew.see(health.contract);
      const isAnother = health.started_at !== startedAt;
      const before = unhealthy;
      unhealthy = (health.checks ?? []).flatMap(({ name, status }) =>
        NEEDED.includes(name) && status === 'unhealthy' ? [name] : [],
      );
      const recovered = before.some((name) => !unhealthy.includes(name));
      const wasOpen = opened !== undefined;
      if (opened) log.info('deliveries resumed', { durationMs: Date.now() - opened.since.getTime() });
      startedAt = health.started_at;
      failures = 0;
      opened = undefined;
      if (wasOpen || isAnother || recovered) onBotBack();
    } catch (error) {
      if (stopping.signal.aborted) return;
      const misconfigured = error instanceof BotClientError && error.outcome === 'misconfigured';
      open(misconfigured ? 'misconfigured' : 'unreachable', error instanceof Error ? error.message : 'no answer');
    }
  };
  /** One probe at a time, for all callers. */
  const probeOnce = (): Promise<void> => {
    probing ??= probe().finally(() => {
      probing = undefined;
    });
    return probing;
  };
  const watch = async () => {
    while (!stopping.signal.aborted) {
      await probeOnce();
      wakeUp = new AbortController();
      const isSoon = opened !== undefined || unhealthy.length > 0;
      const waitMs = isSoon ? backOffMs(failures, PROBE.firstMs, PROBE.longestMs) : healthyProbeMs;
      await delay(waitMs, undefined, { signal: AbortSignal.any([stopping.signal, wakeUp.signal]) }).catch(() => {});
    }
  };
  return {
    get opened() {
      return opened;
    },
    get botStartedAt() {
      return startedAt ?? undefined;
    },
    suspect: async () => {
      await probeOnce();
      // The watch may be in the middle of a healthy bot's long pause.
      if (opened || unhealthy.length > 0) wakeUp.abort();
      return opened !== undefined;
    },
    start: () => {
      loop = watch();
    },
    stop: async () => {
      stopping.abort();
      await loop;
    },
  };
}
