import { importAccount } from '../../reconciliation/import-account.ts';
import { runCommand } from '../command.ts';
import { readStripeDeps } from '../command-deps.ts';
import { formatComparison } from '../format-comparison.ts';

const PROGRESS_EVERY_MS = 2_000;

await runCommand({
  name: 'import',
  about: 'Adopts the Stripe account: state and roles of every subscriber, no messages. Can be run again at any time.',
  options: {
    force: { type: 'boolean', help: 'also if more than 20 users and 5 % would lose or change the plan they have' },
  },
  run: async ({ values: { force = false }, print, signal, ...command }) => {
    const { dry } = command;
    const deps = readStripeDeps(command.variables);
    const { orm: db } = command.open();
    let printedAt = Date.now();
    const printSometimes = (line: string) => {
      if (Date.now() - printedAt < PROGRESS_EVERY_MS) return;
      printedAt = Date.now();
      print(line);
    };
    const { comparison, waiting } = await importAccount(
      { ...deps, db, signal, onProgress: (listed) => printSometimes(`${listed} subscriptions listed …`) },
      {
        dry,
        force,
        onProgress: (left) => printSometimes(`${left} customers wait …`),
        onCompared: (compared) => {
          print(...formatComparison(compared, { name: 'import', dry }));
        },
      },
    );
    if (comparison.stopped !== null) return 1;
    if (waiting > 0) print(`${waiting} customers still wait: run it again, or leave them to the running service.`);
    else if (!dry) print('Done: no message is sent, every role is pending. make parked lists what waits for you.');
    return waiting > 0 ? 1 : 0;
  },
});
