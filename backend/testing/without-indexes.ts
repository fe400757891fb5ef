import { query } from '@moddy/sandbox/postgres';

/**
 * Lets a database read its tables as they were written: where a statement states no order, what was written last comes
 * last, and no index puts it right by chance.
 */
export async function withoutIndexes(databaseUrl: string): Promise<string> {
  const name = new URL(databaseUrl).pathname.slice(1);
  for (const scan of ['indexscan', 'indexonlyscan', 'bitmapscan'])
    await query(databaseUrl, `alter database "${name}" set enable_${scan} = off`);
  return databaseUrl;
}
