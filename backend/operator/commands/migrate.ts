import { Environment } from '@moddy/runtime/config';
import { readDatabase } from '../../config.ts';
import { openDatabase } from '../../database/open.ts';
import { runCommand } from '../command.ts';

await runCommand({
  name: 'migrate',
  about: 'Brings the database up to date; one that does not exist in the folder DATA_DIR is made.',
  options: {},
  run: async ({ variables, print }) => {
    const env = new Environment(variables);
    const database = await openDatabase(env.done(readDatabase(env)));
    try {
      const applied = await database.migrate();
      for (const tag of applied) print(`applied ${tag}`);
      if (applied.length === 0) print('up to date');
      return 0;
    } finally {
      await database.close();
    }
  },
});
