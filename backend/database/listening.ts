import { setTimeout as delay } from 'node:timers/promises';
import pg from 'pg';

export interface Listening {
  /** Calls back for every NOTIFY on a channel, and after a gap in which some may have been missed. */
  listen(channel: string, onNotify: () => void): Promise<() => Promise<void>>;
  close(): Promise<void>;
}

const RECONNECT_MS = { first: 100, longest: 2_000 } as const;

/** One connection of its own for LISTEN, made at the first `listen` and made again whenever it breaks. */
export function createListening(url: string): Listening {
  const channels = new Map<string, () => void>();
  const closing = new AbortController();
  let client: pg.Client | undefined;
  let reconnecting: Promise<void> | undefined;

  const connect = async (): Promise<void> => {
    const fresh = new pg.Client({
      connectionString: url,
      application_name: 'moddy-backend listen',
      connectionTimeoutMillis: 5_000,
      keepAlive: true,
    });
    const lost = () => {
      if (client !== fresh) return;
      client = undefined;
      reconnecting ??= reconnect().finally(() => {
        reconnecting = undefined;
      });
    };
    fresh.on('error', lost);
    fresh.on('end', lost);
    fresh.on('notification', ({ channel }) => channels.get(channel)?.());
    await fresh.connect();
    for (const channel of channels.keys()) await fresh.query(`listen ${pg.escapeIdentifier(channel)}`);
    client = fresh;
  };
  const reconnect = async (): Promise<void> => {
    for (
      let waitMs: number = RECONNECT_MS.first;
      !closing.signal.aborted;
      waitMs = Math.min(RECONNECT_MS.longest, waitMs * 2)
    ) {
      try {
        await connect();
        // Whatever was notified meanwhile is looked for.
        for (const onNotify of channels.values()) onNotify();
        return;
      } catch {
        // Polling goes on without us, and says what is wrong with the database.
        await delay(waitMs, undefined, { signal: closing.signal }).catch(() => {});
      }
    }
  };
  return {
    listen: async (channel, onNotify) => {
      channels.set(channel, onNotify);
      if (client) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
      else await connect();
      return async () => {
        channels.delete(channel);
      };
    },
    close: async () => {
      closing.abort();
      await reconnecting;
      const last = client;
      client = undefined;
      await last?.end();
    },
  };
}
