import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';
import { connectionOptions, type Limits, type Sockets } from './pool.ts';
import { isUnavailable } from './unavailable.ts';

export interface Listening {
  /** Calls back for every NOTIFY on a channel, and after a gap in which some may have been missed. */
  listen(channel: string, onNotify: () => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const RECONNECT_MS = { first: 100, longest: 2_000 } as const;
/** A dead connection, or one to a demoted primary, brings neither a notification nor an error. */
const PROBE = { everyMs: 10_000, statement: `select where current_setting('transaction_read_only') = 'on'` } as const;

/** One connection of its own for LISTEN, made at the first `listen` and made again whenever it breaks. */
export function createListening(url: string, limits: Limits, sockets: Sockets): Listening {
  const channels = new Map<string, () => void>();
  const closing = new AbortController();
  let client: pg.Client | undefined;
  let connecting: Promise<void> | undefined;

  /** One connection at a time, for all callers. */
  const once = (make: () => Promise<void>): Promise<void> => {
    connecting ??= make().finally(() => {
      connecting = undefined;
    });
    return connecting;
  };
  const listenTo = (on: pg.Client, channel: string) => on.query(`listen ${pg.escapeIdentifier(channel)}`);
  const connect = async (): Promise<void> => {
    const socket = sockets.create();
    const fresh = new pg.Client({
      ...connectionOptions(url, 'moddy-backend listen', limits),
      query_timeout: limits.connectMs,
      stream: () => socket,
    });
    fresh.on('error', () => {});
    fresh.on('notification', ({ channel }) => channels.get(channel)?.());
    try {
      await fresh.connect();
      for (const channel of channels.keys()) await listenTo(fresh, channel);
    } catch (error) {
      socket.destroy();
      throw error;
    }
    client = fresh;
    const fail = () => void socket.destroy();
    const probe = () => fresh.query(PROBE.statement).then(({ rowCount }) => rowCount === 0 || fail(), fail);
    const probing = setInterval(probe, PROBE.everyMs).unref();
    fresh.once('end', () => {
      clearInterval(probing);
      client = undefined;
      if (!closing.signal.aborted) void once(reconnect);
    });
  };
  const reconnect = async (): Promise<void> => {
    let waitMs: number = RECONNECT_MS.first;
    while (!closing.signal.aborted) {
      try {
        await connect();
        // Polls for what was notified meanwhile.
        for (const onNotify of channels.values()) onNotify();
        return;
      } catch {
        // The workers go on polling, and log what is wrong with the database.
        await delay(waitMs, undefined, { signal: closing.signal }).catch(() => {});
        waitMs = Math.min(RECONNECT_MS.longest, waitMs * 2);
      }
    }
  };
  return {
    listen: async (channel, onNotify) => {
      channels.set(channel, onNotify);
      try {
        if (client) await listenTo(client, channel);
        else await once(connect);
      } catch (error) {
        channels.delete(channel);
        // In the middle of a statement its end is a reset, after which another connection is made.
        if (isUnavailable(error)) await client?.end();
        throw error;
      }
      return async () => void channels.delete(channel);
    },
    close: async () => {
      closing.abort();
      await connecting?.catch(() => {});
      await client?.end();
    },
  };
}
