import { expect, it } from 'vitest';
import { done, rejected } from '../testing/role-responses.ts';
import { GUILD, MAX_ROLE, MEMBER, OTHER_MEMBER, OUTSIDER, PLUS_ROLE, startTestBot } from '../testing/start-test-bot.ts';

/* The requests that an update sends to Discord while the bot remembers the roles of the server. */

const PATH = '/internal/roles/update';
/** A role that was deleted at Discord and is still configured. */
const environment = { PLAN_ROLES_RETIRED: '777' };
const BOT = '444333222111000999';

async function start() {
  const test = await startTestBot({ environment, timings: { guildMaxAgeMs: 3_600_000 } });
  const { call, client, discord, journal } = test;
  // The bot has sent its own requests after its start.
  for (const line of ['commands', 'the members are known']) await journal.line(line);
  // The bot remembers the reading of the health check.
  const readAgain = () => client.healthCheck();
  await readAgain();
  /** The answer, and the requests to Discord. */
  const update = async (request: object) => {
    const { length } = discord.requests();
    const { body } = await call('POST', PATH, { plan: 'moddy_max', ...request });
    return {
      body,
      asked: discord
        .requests()
        .slice(length)
        .map(({ method, path }) => `${method} ${path}`),
    };
  };
  return { ...test, readAgain, update };
}
const memberOf = (discordId: string) => `/guilds/${GUILD}/members/${discordId}`;
const READING = [`GET /guilds/${GUILD}/roles`, `GET ${memberOf(BOT)}`];

it('200 asking for the member and the changes, and for the server before a role is added', async () => {
  const { update } = await start();
  const get = `GET ${memberOf(MEMBER)}`;
  const role = `${memberOf(MEMBER)}/roles/${MAX_ROLE}`;
  const added = await update({ discord_id: MEMBER });
  expect(added).toEqual({ body: done([MAX_ROLE], []), asked: [get, ...READING, `PUT ${role}`] });
  expect(await update({ discord_id: MEMBER })).toEqual({ body: done([], []), asked: [get] });
  const lists = { add_roles: [MAX_ROLE], remove_roles: [PLUS_ROLE] };
  expect(await update({ discord_id: MEMBER, ...lists })).toEqual({ body: done([], []), asked: [get] });
  // A verdict about the member says nothing about the server.
  expect((await update({ discord_id: OUTSIDER })).body).toMatchObject({ reason: 'not_in_guild' });
  const removed = await update({ discord_id: MEMBER, plan: 'free' });
  expect(removed).toEqual({ body: done([], [MAX_ROLE]), asked: [get, `DELETE ${role}`] });
});

it.each([
  [MEMBER, { add_roles: [PLUS_ROLE] }, done([PLUS_ROLE], [])],
  [OTHER_MEMBER, { remove_roles: [PLUS_ROLE] }, done([], [PLUS_ROLE])],
])('200 for %s with %o, a role that is newer than what the bot remembers', async (discordId, lists, expected) => {
  const { discord, readAgain, update } = await start();
  const everyone = { id: GUILD, name: '@everyone', position: 0, permissions: '0', managed: false };
  discord.fail({ method: 'GET', path: '/guilds/:guild/roles', answer: { status: 200, body: [everyone] } });
  await readAgain();
  expect((await update({ discord_id: discordId, ...lists })).body).toEqual(expected);
});

it('200 false, missing_permissions, the second time without the request that Discord rejected', async () => {
  const { discord, update } = await start();
  discord.editRole(PLUS_ROLE, { position: 10 });
  const free = { discord_id: OTHER_MEMBER, plan: 'free' };
  const first = 'Discord does not let the bot change the role "Moddy Plus"';
  expect((await update(free)).body).toMatchObject(rejected('missing_permissions', first));
  const second = 'The role "Moddy Plus" is not below the bot\'s own role';
  expect(await update(free)).toMatchObject({
    body: rejected('missing_permissions', second),
    asked: [...READING, `GET ${memberOf(OTHER_MEMBER)}`],
  });
});

it('200 false, guild_unavailable, without a request once Discord has rejected a fresh reading', async () => {
  const { discord, update } = await start();
  discord.fail({ path: '/guilds/:guild/*', answer: { status: 403, body: { message: 'No', code: 50001 } }, times: 100 });
  for (const asked of [[`GET ${memberOf(MEMBER)}`], READING, []]) {
    const answer = await update({ discord_id: MEMBER });
    expect(answer).toEqual({ body: rejected('guild_unavailable', 'The bot has no access to the server'), asked });
  }
});
