import { createBackendClient } from '@moddy/generated/backend-internal/client';
import { Environment, type Variables } from '@moddy/runtime/config';
import { readGraceMs } from '../../config.ts';
import { OperatorError, runCommand, UsageError } from '../command.ts';
import { findSubjects } from '../find-subject.ts';
import { formatStory, formatStranger, isOverdue, RECEIPT } from '../format-story.ts';
import { readEvents, readStory } from '../read-story.ts';

await runCommand({
  name: 'trace',
  about: 'What happened to a user: events of Stripe and Discord, state, deliveries and verdicts, in order.',
  options: { user: { type: 'string', help: 'Discord id, Stripe customer id, e-mail or user id' } },
  run: async ({ values: { user: who }, print, ...command }) => {
    if (who === undefined) throw new UsageError('--user is required');
    const env = new Environment(command.variables);
    const shown = env.done({ pastDueGraceMs: readGraceMs(env), now: new Date() });
    const { orm: db } = command.open();
    const subjects = await findSubjects(db, who);
    const events = subjects.length === 0 ? await readEvents(db, who) : [];
    if (subjects.length + events.length === 0)
      throw new OperatorError(`Nobody is known by that id or e-mail. ${RECEIPT}`);
    if (subjects.length === 0) print(...formatStranger(who, events));
    for (const [index, subject] of subjects.entries()) {
      if (index > 0) print('');
      const story = await readStory(db, subject);
      const late = story.deliveries.some((delivery) => isOverdue(delivery, shown.now));
      const waitsFor = late ? await whyNothingIsSent(command.variables) : undefined;
      print(...formatStory(story, { ...shown, waitsFor }));
    }
  },
});

/** The reason why deliveries wait, from the health of the service on this machine. */
async function whyNothingIsSent(variables: Variables): Promise<string> {
  const env = new Environment(variables);
  const secret = env.optional('INTERNAL_API_SECRET') ?? '';
  const baseUrl = `http://127.0.0.1:${env.port('INTERNAL_PORT', 3000)}`;
  const health = await createBackendClient({ baseUrl, secret, timeoutMs: 3_000 })
    .healthCheck()
    .catch(() => undefined);
  if (health === undefined) return 'the backend does not answer here: is it running? Its health says what it waits for';
  const causes = (health.checks ?? []).flatMap(({ name, status, detail }) =>
    status === 'unhealthy' && (name === 'bot' || name === 'deliveries') ? `${name}: ${detail ?? status}` : [],
  );
  return causes.join(', ') || 'nothing, says the health of the backend: sent within seconds';
}
