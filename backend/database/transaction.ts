import type pg from 'pg';
import type { Orm, Queryable, Transaction } from './database.ts';
import { drizzle, type SQLWrapper, sql } from './drizzle.ts';
import type { ConnectionPool } from './pool.ts';
import { hasCode, isUnavailable } from './unavailable.ts';

const TRIES = 3;

/**
 * Runs work in one transaction: the only way to have one. After a deadlock, which the database has rolled back, the work
 * runs again, so nothing but its statements may have an effect. A commit without an answer may or may not have happened:
 * its error says unavailable, and it is never repeated here.
 */
export async function transaction<Result>(
  { $client: pool }: Orm,
  work: (tx: Transaction) => Promise<Result>,
): Promise<Result> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await runOnce(pool, work);
    } catch (error) {
      if (attempt === TRIES || !hasCode(error, /^40P01$/)) throw error;
      pool.retriedDeadlocks += 1;
    }
  }
}

async function runOnce<Result>(pool: ConnectionPool, work: (tx: Transaction) => Promise<Result>): Promise<Result> {
  const client = await pool.connect();
  const begun = { atMs: performance.now() };
  pool.begun.add(begun);
  // A connection is used again only when it is known to be outside a transaction.
  let clean = false;
  try {
    const { statementMs, idleInTransactionMs } = pool.limits;
    // One round trip, and local to the transaction: PgBouncer gives the server to another client afterwards.
    await client.query(
      `begin; set local statement_timeout = ${statementMs}; set local idle_in_transaction_session_timeout = ${idleInTransactionMs}; set local transaction_isolation = 'read committed'`,
    );
    const result = await work(handleOf(client));
    const { command } = await client.query('commit');
    clean = true;
    // The work continued after a failed statement, so the database rolled back in place of the commit.
    if (command !== 'COMMIT') throw new Error('A statement failed: nothing was committed');
    return result;
  } catch (error) {
    // Whether the server got the statement, or is still busy with it, is not known then.
    if (!clean && !isUnavailable(error)) clean = await client.query('rollback').then(...YES_NO);
    throw error;
  } finally {
    pool.begun.delete(begun);
    client.release(!clean);
  }
}

const YES_NO = [() => true, () => false] as const;

/** A handle holds the names of all columns: one per connection, not one per transaction. */
const handles = new WeakMap<pg.PoolClient, Transaction>();

function handleOf(client: pg.PoolClient): Transaction {
  const handle = handles.get(client) ?? drizzle(client, { casing: 'snake_case' });
  handles.set(client, handle);
  return handle;
}

/**
 * Runs a change that returns its rows and, if there are any, notifies the listeners of the channel when the transaction
 * commits. Both take one round trip, because locks are held meanwhile.
 */
export async function notifying(tx: Queryable, channel: string, change: SQLWrapper): Promise<void> {
  await tx.execute(sql`with written as ${change} select pg_notify(${channel}, '') from written limit 1`);
}
