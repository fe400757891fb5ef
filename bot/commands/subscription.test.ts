import { describe, expect, it } from 'vitest';
import { account, fieldsOf, OWNER, startWithCommands, use } from '../testing/commands.ts';
import { MEMBER, OTHER_MEMBER } from '../testing/start-test-bot.ts';

describe('/subscription', () => {
  it('shows the plan, how it stands and when it renews, with the link', async () => {
    const test = await startWithCommands();
    const message = await use(test, MEMBER, 'subscription');
    expect(fieldsOf(message)).toEqual({
      Formule: 'Moddy Max',
      État: 'actif',
      Facturation: 'chaque mois',
      Renouvellement: '<t:1798135200:D>',
    });
    expect(message.components).toMatchObject([{ components: [{ url: 'https://moddy.example/account' }] }]);
  });

  it('says when it ends instead', async () => {
    const test = await startWithCommands();
    const ending = { ...account(OTHER_MEMBER).subscription, cancel_at_period_end: true };
    test.backend.accounts.set(OTHER_MEMBER, { ...account(OTHER_MEMBER), subscription: ending });
    expect(fieldsOf(await use(test, OTHER_MEMBER, 'subscription'))).toMatchObject({ Ends: '<t:1798135200:D>' });
  });

  it('says that there is none', async () => {
    const test = await startWithCommands();
    expect((await use(test, OWNER, 'subscription')).embeds[0]?.description).toBe('Vous n’avez pas d’abonnement.');
  });
});
