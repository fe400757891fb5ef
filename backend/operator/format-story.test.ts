import { expect, it } from 'vitest';
import { createStripe } from '../stripe-client.ts';
import { eventually } from '../testing/eventually.ts';
import { startTestBackend } from '../testing/start-test-backend.ts';
import { findSubjects } from './find-subject.ts';
import { formatStory } from './format-story.ts';
import { readStory } from './read-story.ts';

it('shows the state of the account page, paused collection and a second subscription', async () => {
  const { stripe, backend } = await startTestBackend();
  const { orm } = backend.database;
  const { subscription: max } = stripe.subscribe({ discordId: '61', price: 'price_moddy_max_month' });
  const { subscription: pro } = stripe.subscribe({ discordId: '61', price: 'price_moddy_pro_month' });
  await createStripe(stripe.apiKey, stripe.url).subscriptions.update(max, { pause_collection: { behavior: 'void' } });
  const trace = async () => {
    const [subject] = await findSubjects(orm, '61');
    const shown = { pastDueGraceMs: 0, now: new Date() };
    return subject === undefined ? '' : formatStory(await readStory(orm, subject), shown).join('\n');
  };
  const text = await eventually(
    trace,
    (found) => found.includes('collection_paused') && found.includes('SECOND SUBSCRIPTION'),
  );
  expect(text).toContain('the account page shows: collection_paused, button manage');
  expect(text).toContain(`${max}: active, moddy_max, collection paused: the plan is kept and nothing is charged`);
  expect(text).toContain(`SECOND SUBSCRIPTION: ${pro} (moddy_pro, active) beside ${max}`);
});
