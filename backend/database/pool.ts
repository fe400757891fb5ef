import { Socket } from 'node:net';
import pg from 'pg';

const POOL_SIZE = 10;

export type Limits = typeof LIMITS;

/**
 * Time limits. The database ends a statement, and a transaction whose owner is frozen or cut off; the client gives up on a
 * database that does not answer. No limit is sent when connecting: PgBouncer rejects unknown settings.
 */
export const LIMITS = {
  connectMs: 5_000,
  /** Longer than any of our statements. */
  statementMs: 15_000,
  /** For a server that vanished without a reset: its own limit never reaches the client. */
  answerMs: 16_000,
  idleInTransactionMs: 30_000,
  closeMs: 2_000,
};

/** The state of the pool, for health and metrics. */
export type PoolState = ReturnType<ConnectionPool['state']>;

/** Sockets for connections; destroying them ends requests that the other side does not answer. */
export class Sockets {
  readonly #open = new Set<Socket>();
  readonly create = (): Socket => {
    const socket = new Socket();
    this.#open.add(socket);
    return socket.once('close', () => this.#open.delete(socket));
  };
  destroy(): void {
    for (const socket of this.#open) socket.destroy();
  }
}

/** The options of every connection. TCP probes a silent one after 10 s, and drops it some 10 s later. */
export const connectionOptions = (url: string, name: string, limits: Limits) => ({
  connectionString: url,
  application_name: name,
  connectionTimeoutMillis: limits.connectMs,
  keepAlive: true,
  keepAliveInitialDelayMillis: 10_000,
});

/** The connections that queries and transactions share; none is made before the first query. */
export class ConnectionPool extends pg.Pool {
  readonly limits: Limits;
  /** When each open transaction began, in the clock of `performance`. */
  readonly begun = new Set<{ readonly atMs: number }>();
  retriedDeadlocks = 0;
  #acquiredAtMs = performance.now();

  constructor(url: string, limits: Limits, sockets: Sockets, settings?: string) {
    super({
      ...connectionOptions(url, 'moddy-backend', limits),
      max: POOL_SIZE,
      idleTimeoutMillis: 300_000,
      query_timeout: limits.answerMs,
      ...(settings && { options: settings }),
      stream: sockets.create,
    });
    this.limits = limits;
    // An error between two statements has no caller; the next query fails with it.
    this.on('connect', (client) => client.on('error', () => {}));
    this.on('error', () => {});
    this.on('acquire', () => {
      this.#acquiredAtMs = performance.now();
    });
  }

  state() {
    const now = performance.now();
    const [oldest] = this.begun;
    return {
      total: this.totalCount,
      idle: this.idleCount,
      waiting: this.waitingCount,
      /** How long no caller has been given a connection although some wait; 0 while none does. */
      stuckMs: this.waitingCount > 0 ? now - this.#acquiredAtMs : 0,
      openTransactions: this.begun.size,
      oldestTransactionMs: oldest ? now - oldest.atMs : 0,
      retriedDeadlocks: this.retriedDeadlocks,
    };
  }
}
