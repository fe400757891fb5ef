import { describe, expect, it } from 'vitest';
import { done, rejected } from '../testing/role-responses.ts';
import { MAX_ROLE, MEMBER, startTestBot } from '../testing/start-test-bot.ts';

const PATH = '/internal/roles/update';

describe('updateUserRole with several requests for a member', () => {
  it('200 false, superseded, for an older revision; 200 when the last revision is repeated', async () => {
    const { call, discord } = await startTestBot();
    const update = (plan: string, revision: number) => call('POST', PATH, { discord_id: MEMBER, plan, revision });
    expect((await update('moddy_max', 5)).body).toEqual(done([MAX_ROLE], []));
    const late = rejected('superseded', 'A newer revision of this member was applied already');
    expect((await update('moddy_plus', 4)).body).toEqual(late);
    discord.setMemberRoles(MEMBER, []);
    expect((await update('moddy_max', 5)).body).toEqual(done([MAX_ROLE], []));
    expect(discord.rolesOf(MEMBER)).toEqual([MAX_ROLE]);
  });

  it('200 for concurrent requests, which leave the roles of one plan', async () => {
    const { call, discord } = await startTestBot();
    const plans = ['moddy_max', 'moddy_plus', 'free', 'moddy_plus', 'moddy_max'];
    const answers = await Promise.all(plans.map((plan) => call('POST', PATH, { discord_id: MEMBER, plan })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 200, 200]);
    expect(discord.rolesOf(MEMBER)).toHaveLength(1);
  });

  it('503 when more than ten requests for a member wait', async () => {
    const { call, discord } = await startTestBot();
    discord.fail({ method: 'GET', path: `/guilds/:guild/members/${MEMBER}`, delayMs: 300 });
    const update = () => call('POST', PATH, { discord_id: MEMBER, plan: 'moddy_max' });
    const answers = await Promise.all(Array.from({ length: 12 }, update));
    expect(answers.filter(({ status }) => status === 503)).toHaveLength(2);
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(10);
  });
});
