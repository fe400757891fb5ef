import { type Finding, well, wrong } from '@moddy/runtime/doctor/finding';
import type { BackendConfig } from '../../config.ts';
import type { Orm } from '../../database/database.ts';
import { sql } from '../../database/drizzle.ts';
import { missingMigrations } from '../../database/migrate.ts';
import { openDatabase } from '../../database/open.ts';
import { countWaitingRefunds } from '../../health/stuck.ts';
import { CURES_OF_CHECKS, databaseFault } from '../cures.ts';

/** Does it answer at each of its addresses, and has it every migration of this program? Changes nothing. */
export async function examineDatabase({
  database: { url, directUrl },
}: Pick<BackendConfig, 'database'>): Promise<readonly Finding[]> {
  const findings = await examineAddress('database', 'DATABASE_URL', url);
  if (directUrl === undefined) return findings;
  return [...findings, ...(await examineAddress('direct database', 'DATABASE_DIRECT_URL', directUrl))];
}

async function examineAddress(name: string, variable: string, url: string): Promise<readonly Finding[]> {
  const database = openDatabase({ url });
  try {
    const { rows } = await database.orm.execute<{ mode: string }>(
      sql`select current_setting('transaction_read_only') as mode`,
    );
    if (rows[0]?.mode === 'on') {
      return [
        wrong(name, 'read-only', `is ${variable} the address of a standby? After a failover take the new primary's`),
      ];
    }
    const migrations = await examineMigrations(database.orm);
    return [well(name, 'answers'), migrations, ...(migrations.isWell ? await examineRefunds(database.orm) : [])];
  } catch (error) {
    const fault = databaseFault(error, variable);
    if (fault === undefined) throw error;
    return [wrong(name, fault.detail, fault.cure)];
  } finally {
    await database.close();
  }
}

async function examineRefunds(orm: Orm): Promise<readonly Finding[]> {
  const waiting = await countWaitingRefunds(orm);
  const { attention = '' } = CURES_OF_CHECKS;
  return waiting === 0 ? [] : [wrong('refunds and disputes', `${waiting} wait for you`, attention)];
}

async function examineMigrations(orm: Orm): Promise<Finding> {
  const missing = await missingMigrations(orm);
  return missing.length === 0
    ? well('migrations', 'all are applied')
    : wrong('migrations', `missing: ${missing.join(', ')}`, 'make migrate, or start the backend, which does it too');
}
