import { runCommand } from '../command.ts';
import { examineBackend } from '../doctor/examine-backend.ts';

await runCommand({
  name: 'doctor',
  about: 'What is wrong with this deployment, each with its cure: variables, ports, the bot, the database, Stripe.',
  options: {},
  run: ({ variables, print }) => examineBackend(variables, print),
});
