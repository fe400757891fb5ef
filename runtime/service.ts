import { setTimeout as delay } from 'node:timers/promises';
import type { Listener } from './http/listener.ts';
import type { Logger } from './log.ts';

/** How long new connections are still accepted after SIGTERM, so that callers see `Connection: close` first. */
const LAME_DUCK_MS = 1_500;
/** The process exits after this, even with unfinished work; Railway kills it at 30 s. */
const DEADLINE_MS = 25_000;

export interface Service {
  /** `/healthz` answers 200 while this is true. */
  readonly ready: boolean;
  /** Lame duck, close, drain. Resolves when nothing is left running; calling it again gives the same promise. */
  stop(): Promise<void>;
}

export interface ServiceDeps {
  readonly log: Logger;
  readonly listeners: readonly Listener[];
  /** Before the lame duck: stops the source of new work (the gateway). */
  readonly leave?: () => Promise<void>;
  /** After the listeners are closed: finishes and closes the rest (deliveries, database). */
  readonly finish: () => Promise<void>;
  readonly lameDuckMs?: number;
}

/** Ties the parts of a running service to one orderly stop. */
export function createService({ log, listeners, leave, finish, lameDuckMs = LAME_DUCK_MS }: ServiceDeps): Service {
  let stopping: Promise<void> | undefined;
  const stop = async () => {
    for (const listener of listeners) listener.announceClose();
    await leave?.();
    await delay(lameDuckMs);
    await Promise.all(listeners.map((listener) => listener.close()));
    await finish();
    log.info('stopped');
  };
  return {
    get ready() {
      return stopping === undefined;
    },
    stop: () => (stopping ??= stop()),
  };
}

/**
 * SIGTERM and SIGINT stop the service and exit 0; a second signal, a failure or the deadline exits 1. The only place
 * that ends the process.
 */
export function stopOnSignals(service: Service, log: Logger): void {
  let signals = 0;
  const onSignal = (signal: NodeJS.Signals) => {
    signals += 1;
    if (signals > 1) process.exit(1);
    log.info('stopping', { signal });
    setTimeout(() => {
      log.error('stopped by the deadline', { durationMs: DEADLINE_MS });
      process.exit(1);
    }, DEADLINE_MS).unref();
    service.stop().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error('stop failed', { error });
        process.exit(1);
      },
    );
  };
  process.on('SIGTERM', onSignal);
  process.on('SIGINT', onSignal);
}
