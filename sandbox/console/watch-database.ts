import pg from 'pg';

/** Postgres channels on which the backend wakes its own workers. */
const CHANNELS = ['deliveries', 'customers'];

export type DatabaseWatch = ReturnType<typeof watchDatabase>;

/** A read-only connection to the backend's database, which also hears when there is something new. */
export function watchDatabase(url: string, onChange: () => void) {
  let connection: Promise<pg.Client> | undefined;
  let closed = false;

  const connect = async (): Promise<pg.Client> => {
    const client = new pg.Client({
      connectionString: url,
      application_name: 'moddy-console',
      connectionTimeoutMillis: 3_000,
      query_timeout: 3_000,
      options: '-c default_transaction_read_only=on',
    });
    const lost = () => {
      connection = undefined;
      if (!closed) onChange();
    };
    client.on('error', lost);
    client.on('end', lost);
    client.on('notification', onChange);
    await client.connect();
    for (const channel of CHANNELS) await client.query(`listen ${pg.escapeIdentifier(channel)}`);
    return client;
  };
  const connected = (): Promise<pg.Client> => {
    connection ??= connect().catch((error: unknown) => {
      connection = undefined;
      throw error;
    });
    return connection;
  };
  return {
    /** Runs one query whose caller names its columns; the connection is made at the first, and again after it broke. */
    select: async <Row extends object>(text: string, values: readonly unknown[] = []): Promise<Row[]> =>
      (await (await connected()).query<Row>(text, [...values])).rows,
    close: async () => {
      closed = true;
      await (await connection?.catch(() => undefined))?.end().catch(() => {});
    },
  };
}
