import type { APIMessage } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { account, fieldsOf, OWNER, startWithCommands, use } from '../testing/commands.ts';
import { MEMBER, OTHER_MEMBER } from '../testing/start-test-bot.ts';

const AT = '2026-12-01T00:00:00Z';
const DATE = `<t:${Date.parse(AT) / 1000}:D>`;

describe('/subscription', () => {
  it('shows the plan, its status, its renewal date and a link to the account', async () => {
    const test = await startWithCommands();
    const message = await use(test, MEMBER, 'subscription');
    expect(fieldsOf(message)).toEqual({
      Formule: 'Moddy Max',
      État: 'Actif',
      Facturation: 'Tous les mois',
      Renouvellement: '<t:1798135200:D>',
    });
    expect(message.components).toMatchObject([{ components: [{ url: 'https://moddy.example/account' }] }]);
  });

  it('shows the end date when the subscription is cancelled at period end', async () => {
    const test = await startWithCommands();
    const ending = { ...account(OTHER_MEMBER).subscription, cancel_at_period_end: true };
    test.backend.accounts.set(OTHER_MEMBER, { ...account(OTHER_MEMBER), subscription: ending });
    expect(fieldsOf(await use(test, OTHER_MEMBER, 'subscription'))).toMatchObject({ Ends: '<t:1798135200:D>' });
  });

  it.each([
    [{ interval_count: 3 }, { Billing: 'Every 3 months' }, 'Manage my subscription'],
    [{ state: 'late' as const, state_at: AT }, { Status: 'Payment overdue', 'Pay before': DATE }, 'Pay now'],
    [{ state: 'collection_paused' as const }, { Status: 'Active, billing paused' }, 'Manage my subscription'],
    [{ state: 'incomplete' as const, state_at: AT }, { Expires: DATE }, 'Finish the payment'],
    [{ state: 'paused' as const }, { Status: 'Paused' }, 'Resume my subscription'],
    // A website of an earlier version says no more than the status.
    [{ status: 'past_due' as const }, { Status: 'Payment overdue' }, 'Pay now'],
  ])('for %j shows the fields %j and the button %s', async (more, fields, label) => {
    const test = await startWithCommands();
    const subscription = { ...account(OTHER_MEMBER).subscription, ...more };
    test.backend.accounts.set(OTHER_MEMBER, { ...account(OTHER_MEMBER), subscription });
    const message = await use(test, OTHER_MEMBER, 'subscription');
    expect(fieldsOf(message)).toMatchObject(fields);
    expect(message.components).toMatchObject([{ components: [{ label }] }]);
  });

  it('shows a plan granted by the team with a link to the plans', async () => {
    const test = await startWithCommands();
    const { subscription: _, ...given } = account(MEMBER);
    test.backend.accounts.set(MEMBER, given);
    const message = await use(test, MEMBER, 'subscription');
    expect(fieldsOf(message)).toEqual({ Formule: 'Moddy Max' });
    const plans = { label: 'Voir les formules', url: 'https://moddy.example/' };
    expect(message.components).toMatchObject([{ components: [plans] }]);
  });

  it('says that the user has no subscription', async () => {
    const test = await startWithCommands();
    expect((await use(test, OWNER, 'subscription')).embeds[0]?.description).toBe('Vous n’avez pas d’abonnement.');
  });

  it('offers the invite to the server only in direct messages', async () => {
    const test = await startWithCommands({ environment: { DISCORD_INVITE_URL: 'https://discord.gg/moddy' } });
    const { discord } = test;
    // As an application has it that also offers its commands in direct messages.
    await fetch(`${discord.apiUrl}/v10/applications/${discord.applicationId}/commands`, {
      method: 'PUT',
      headers: { authorization: `Bot ${discord.token}`, 'content-type': 'application/json' },
      body: JSON.stringify([{ name: 'subscription', description: 'x' }]),
    });
    const urls = ({ components }: APIMessage) =>
      [...JSON.stringify(components).matchAll(/"url":"([^"]*)"/g)].map(([, url]) => url);
    expect(urls(await use(test, OWNER, 'subscription', {}, { direct: true }))).toEqual([
      'https://moddy.example/',
      'https://discord.gg/moddy',
    ]);
    expect(urls(await use(test, OWNER, 'subscription'))).toEqual(['https://moddy.example/']);
  });
});
