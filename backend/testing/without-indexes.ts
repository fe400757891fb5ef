import { query } from '@moddy/sandbox/postgres';

/**
 * Makes a database read its tables in the order of writing. A statement without an order then returns the last written row
 * last, and no index hides a missing `order by`.
 */
export async function withoutIndexes(databaseUrl: string): Promise<string> {
  const name = new URL(databaseUrl).pathname.slice(1);
  for (const scan of ['indexscan', 'indexonlyscan', 'bitmapscan'])
    await query(databaseUrl, `alter database "${name}" set enable_${scan} = off`);
  return databaseUrl;
}
