import { RECONCILE_EVERY_MS, runComparison } from '../../reconciliation/reconcile.ts';
import { runCommand } from '../command.ts';
import { readStripeDeps } from '../command-deps.ts';
import { formatComparison, formatDifference } from '../format-comparison.ts';

await runCommand({
  name: 'reconcile',
  about: 'Compares every subscription at Stripe with what is stored, and has the differing customers synced.',
  options: {
    force: { type: 'boolean', help: 'also if more than 20 users and 5 % would be notified of a change' },
  },
  run: async ({ values: { force = false }, print, signal, ...command }) => {
    const { dry } = command;
    const deps = readStripeDeps(command.variables);
    const { orm: db } = command.open();
    const onProgress = (listed: number) => {
      if (listed % 1_000 === 0 && listed > 0) print(`${listed} subscriptions listed …`);
    };
    const compared = await runComparison({ ...deps, db, signal, onProgress }, 'reconcile', {
      dry,
      force,
      everyMs: RECONCILE_EVERY_MS,
      onDifference: (difference) => print(formatDifference(difference)),
    });
    print(...formatComparison(compared, { name: 'reconcile', dry }));
    return compared.stopped === null ? 0 : 1;
  },
});
