import { describe, expect, it } from 'vitest';
import { composeNotification, type NotificationFacts } from './compose.ts';
import { LOCALES, type Locale } from './locale.ts';
import { planName } from './plan-name.ts';

const marks = { reference: 'K7Q2M9X4TB', nonce: 'K7Q2M9X4TB0000000000000AB' };
const none = { plan: null, change: null, interval: null, effectiveAt: null };
const AT = '2026-12-24T18:00:00Z';

const situations: [string, NotificationFacts][] = [
  ...(['subscription_created', 'subscription_cancelled', 'plan_upgraded', 'plan_downgraded'] as const).flatMap(
    (action): [string, NotificationFacts][] => [
      [action, { ...none, action, plan: 'moddy_max' }],
      [`${action}, all told`, { action, plan: 'moddy_max', change: null, interval: 'month', effectiveAt: AT }],
      [`${action}, plan free`, { ...none, action, plan: 'free' }],
      [`${action}, nothing told`, { ...none, action }],
    ],
  ),
  ...(
    [
      'cancellation_scheduled',
      'cancellation_withdrawn',
      'interval_changed',
      'payment_late',
      'payment_recovered',
      'resumed',
      'other',
      null,
    ] as const
  ).flatMap((change): [string, NotificationFacts][] => [
    [`subscription_updated, ${change}`, { ...none, action: 'subscription_updated', plan: 'moddy_max', change }],
    [
      `subscription_updated, ${change}, all told`,
      { action: 'subscription_updated', plan: 'moddy_max', change, interval: 'year', effectiveAt: AT },
    ],
    [`subscription_updated, ${change}, nothing told`, { ...none, action: 'subscription_updated', change }],
  ]),
];

function read(facts: NotificationFacts, locale: Locale): string {
  const [embed] = composeNotification(facts, locale, marks, undefined).embeds ?? [];
  return `${embed?.title}\n${embed?.description}`;
}

describe('composeNotification', () => {
  it.each(LOCALES)('says everything in %s', async (locale) => {
    const golden = situations.map(([name, facts]) => `# ${name}\n${read(facts, locale)}\n`).join('\n');
    await expect(golden).toMatchFileSnapshot(`golden/${locale}.txt`);
  });

  it('has the reference in the footer, the link, no mentions, and the nonce', () => {
    const facts: NotificationFacts = { ...none, action: 'subscription_created', plan: 'moddy_max' };
    const message = composeNotification(facts, 'fr', marks, 'https://moddy.example');
    expect(message).toMatchObject({
      embeds: [{ footer: { text: 'Moddy · réf. K7Q2M9X4TB' } }],
      components: [{ components: [{ style: 5, label: 'Gérer mon abonnement', url: 'https://moddy.example/account' }] }],
      allowed_mentions: { parse: [] },
      nonce: marks.nonce,
      enforce_nonce: true,
    });
    expect(composeNotification(facts, 'fr', marks, undefined).components).toEqual([]);
  });

  it.each([
    '@everyone',
    '<@123456789012345678>',
    '[Moddy Max](https://evil.example)',
    'moddy\u200b_max',
    'moddy\u202e_xam',
    '**bold**',
    '`code`',
    'x'.repeat(4_000),
    '',
    '_',
    '\ud800',
  ])('shows nothing of the hostile plan %j', (plan) => {
    for (const locale of LOCALES) {
      const facts: NotificationFacts = { ...none, action: 'plan_upgraded' };
      expect(read({ ...facts, plan }, locale)).toBe(read(facts, locale));
    }
  });

  it.each(['tomorrow', '@everyone', '9'.repeat(400), ''])('shows nothing of the hostile date %j', (effectiveAt) => {
    const facts: NotificationFacts = { ...none, action: 'subscription_cancelled' };
    expect(read({ ...facts, effectiveAt }, 'fr')).toBe(read(facts, 'fr'));
  });
});

describe('planName', () => {
  it.each([
    ['moddy_max', 'Moddy Max'],
    ['pro', 'Pro'],
    ['étoile-2', 'Étoile 2'],
    ['free', undefined],
    [null, undefined],
  ])('%s is %s', (plan, name) => expect(planName(plan)).toBe(name));
});
