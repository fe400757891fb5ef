import { missingMigrations } from '../../database/migrate.ts';
import { untilAvailable } from '../../database/unavailable.ts';
import { runCommand } from '../command.ts';
import { databaseFault } from '../cures.ts';

/** A restart or failover of the database takes less; a deployment should fail rather than wait longer. */
const WAIT_MS = 90_000;

await runCommand({
  name: 'migrate',
  about: 'Brings the database up to date; waits up to 90 seconds for one that is unavailable.',
  options: {},
  run: async ({ print, signal, ...command }) => {
    const database = command.open();
    const { dry } = command;
    const onWait = (error: unknown) => {
      const fault = databaseFault(error, 'DATABASE_URL');
      print(`waiting for the database${fault ? `, which is ${fault.detail}; ${fault.cure}` : ''}`);
    };
    const migrate = () => (dry ? missingMigrations(database.orm) : database.migrate());
    const applied = await untilAvailable(migrate, { onWait, signal, forMs: WAIT_MS });
    for (const tag of applied) print(`${dry ? 'would apply' : 'applied'} ${tag}`);
    if (applied.length === 0) print('up to date');
  },
});
