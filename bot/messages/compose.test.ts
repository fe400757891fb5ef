import { describe, expect, it } from 'vitest';
import { situations } from '../testing/situations.ts';
import { composeNotification, type NotificationFacts } from './compose.ts';
import { LOCALES, type Locale } from './messages.ts';
import { planName } from './plan-name.ts';

const marks = { reference: 'K7Q2M9X4TB', nonce: 'K7Q2M9X4TB0000000000000AB' };
const none = {
  plan: null,
  change: null,
  interval: null,
  interval_count: null,
  effective_at: null,
  action_required: null,
  amount: null,
  currency: null,
};

function read(facts: NotificationFacts, locale: Locale): string {
  const { embeds, components } = composeNotification(facts, locale, marks, 'https://moddy.example');
  const [embed] = embeds ?? [];
  return [embed?.title, embed?.description, JSON.stringify(components), embed?.footer?.text].join('\n');
}

describe('composeNotification', () => {
  it.each(LOCALES)('renders every situation in %s as in the golden file', async (locale) => {
    const golden = situations
      .map(({ action, change, given, facts }) => `# ${action}, ${change}, told ${given}\n${read(facts, locale)}\n`)
      .join('\n');
    await expect(golden).toMatchFileSnapshot(`golden/${locale}.txt`);
  });

  it.each(LOCALES)('has the punctuation spaces of %s and no missing values', (locale) => {
    for (const { facts } of situations) {
      const text = read(facts, locale);
      expect(text).not.toMatch(locale === 'fr' ? / [!?:;»]|« / : /[\s\u00a0][!?:;]/);
      expect(text).not.toMatch(/undefined|null| {2}|\.\./);
    }
  });

  it('derives the name of an unknown plan, and omits the name without a plan', () => {
    const facts: NotificationFacts = { ...none, action: 'plan_upgraded', plan: 'moddy_ultra-2' };
    expect(read(facts, 'fr')).toContain('la formule **Moddy Ultra 2**');
    for (const plan of ['free', null, undefined]) {
      expect(read({ ...facts, plan }, 'fr')).toContain('une formule supérieure');
    }
  });

  it('has the reference in the footer, the link, the nonce and no mentions', () => {
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
    'https://evil.example',
    '<t:0:R>',
    '\u2066moddy\u2069',
    'moddy\nmax',
  ])('shows nothing of the hostile plan %j', (plan) => {
    for (const locale of LOCALES) {
      const facts: NotificationFacts = { ...none, action: 'plan_upgraded' };
      expect(read({ ...facts, plan }, locale)).toBe(read(facts, locale));
    }
  });

  it.each(['tomorrow', '@everyone', 'pay 1', '2026-12-24', '9'.repeat(400), ''])(
    'shows nothing of the hostile date %j',
    (effectiveAt) => {
      const facts: NotificationFacts = { ...none, action: 'subscription_cancelled' };
      expect(read({ ...facts, effective_at: effectiveAt }, 'fr')).toBe(read(facts, 'fr'));
    },
  );
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
