import type { APIMessage } from 'discord.js';
import { describe, expect, it } from 'vitest';
import { MEMBER, startTestBot } from '../testing/start-test-bot.ts';

const PATH = '/internal/notify';

const HOSTILE = {
  'a mention of everyone': '@everyone',
  'a mention of a member': '<@123456789>',
  'a mention of a role': '<@&555000000000000002>',
  'a channel': '<#222333444555666777>',
  'a markdown link': '[Moddy Max](https://evil.example)',
  'a bare link': 'https://evil.example',
  'a zero-width space': 'moddy\u200bmax',
  'a right-to-left override': 'moddy\u202exam',
  'isolates and joiners': '\u2066mod\u200ddy\u2069',
  'line breaks and a heading': 'x\n# Pay again\n> now',
  'formats and code': '**||`~~x~~`||**',
  'a NUL and half a character': 'x\u0000\ud800',
  '4,000 characters': 'm'.repeat(4_000),
} as const;

const FIELDS = ['customer_id', 'email', 'phone', 'subscription_type'];
const SHOWN_FIELDS = ['change', 'interval', 'effective_at'];

const shownOf = ({ embeds, components, content, mentions }: APIMessage) => ({
  embeds: embeds.map(({ footer: _reference, ...embed }) => embed),
  components,
  content,
  mentions,
});

describe('notifyUser with a hostile plan and hostile metadata', () => {
  it.each(Object.entries(HOSTILE))(
    '200 for %s, with the message of a request without plan and metadata',
    async (_what, hostile) => {
      const { call, discord } = await startTestBot();
      // Metadata may have 16 KiB in all.
      const fields = hostile.length > 1_000 ? SHOWN_FIELDS : [...FIELDS, ...SHOWN_FIELDS, hostile];
      const metadata = Object.fromEntries(fields.map((field) => [field, hostile]));
      for (const action of ['plan_upgraded', 'subscription_updated']) {
        const plain = { discord_id: MEMBER, action };
        expect((await call('POST', PATH, plain)).status).toBe(200);
        expect((await call('POST', PATH, { ...plain, plan: hostile, locale: hostile, metadata })).status).toBe(200);
        const [expected, sent] = discord.directMessages(MEMBER).slice(-2).map(shownOf);
        expect(sent).toEqual(expected);
        expect(sent).toMatchObject({ content: '', mentions: [] });
      }
    },
  );

  it('200 for the plan everyone, whose name is shown without a mention', async () => {
    const { call, discord } = await startTestBot();
    await call('POST', PATH, { discord_id: MEMBER, action: 'plan_upgraded', plan: 'everyone' });
    const [message] = discord.directMessages(MEMBER);
    expect(message?.embeds[0]?.title).toBe('Vous passez à Everyone');
    expect(message).toMatchObject({ mention_everyone: false, mentions: [], mention_roles: [] });
  });
});
