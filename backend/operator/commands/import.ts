import { importAccount } from '../../reconciliation/import-account.ts';
import { runCommand } from '../command.ts';
import { readStripeParts, withDatabase } from '../command-deps.ts';
import { tellComparison } from '../format-comparison.ts';

const PROGRESS_EVERY_MS = 2_000;

await runCommand({
  name: 'import',
  about: 'Adopts the Stripe account: state and roles of every subscriber, no messages. Can be run again at any time.',
  options: {
    dry: { type: 'boolean', help: 'only say how much there is to do' },
    force: { type: 'boolean', help: 'also if more than 20 users and 5 % would lose or change the plan they have' },
  },
  run: async ({ values: { dry = false, force = false }, variables, print, signal }) => {
    const parts = readStripeParts(variables);
    return withDatabase(variables, async ({ orm: db }) => {
      let saidAt = Date.now();
      const say = (line: string) => {
        if (Date.now() - saidAt < PROGRESS_EVERY_MS) return;
        saidAt = Date.now();
        print(line);
      };
      const { comparison, waiting } = await importAccount(
        { ...parts, db, signal, onProgress: (listed) => say(`${listed} subscriptions listed …`) },
        {
          dry,
          force,
          onProgress: (left) => say(`${left} customers wait …`),
          onCompared: (compared) => {
            for (const line of tellComparison(compared, { name: 'import', dry })) print(line);
          },
        },
      );
      if (comparison.stopped !== null) return 1;
      if (waiting > 0) print(`${waiting} customers still wait: run it again, or leave them to the running service.`);
      else if (!dry) print('Done: nobody was told anything, every role is owed. parked shows who needs a look.');
      return waiting > 0 ? 1 : 0;
    });
  },
});
