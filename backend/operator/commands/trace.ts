import { Environment } from '@moddy/runtime/config';
import { readGraceMs } from '../../config.ts';
import { runCommand } from '../command.ts';
import { withDatabase } from '../command-deps.ts';
import { OperatorError, UsageError } from '../errors.ts';
import { findSubjects } from '../find-subject.ts';
import { formatStory } from '../format-story.ts';
import { readStory } from '../read-story.ts';

await runCommand({
  name: 'trace',
  about: 'What happened to somebody: events of Stripe and Discord, state, deliveries and verdicts, in order.',
  options: { user: { type: 'string', help: 'Discord id, Stripe customer id, e-mail or user id' } },
  run: async ({ values: { user: who }, print, ...command }) => {
    if (who === undefined) throw new UsageError('--user is required');
    const env = new Environment(command.variables);
    const shown = env.done({ pastDueGraceMs: readGraceMs(env), now: new Date() });
    return withDatabase(command, async ({ orm: db }) => {
      const subjects = await findSubjects(db, who);
      if (subjects.length === 0) throw new OperatorError('Nobody is known by that id or e-mail.');
      for (const [index, subject] of subjects.entries()) {
        if (index > 0) print('');
        for (const line of formatStory(await readStory(db, subject), shown)) print(line);
      }
      return 0;
    });
  },
});
