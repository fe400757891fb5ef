import { setTimeout as delay } from 'node:timers/promises';
import { ClientError } from '@moddy/runtime/client/client';
import { expect, it } from 'vitest';
import { MAX_ROLE, PLUS_ROLE, startTestBot } from '../testing/start-test-bot.ts';

const MEMBERS = 100;
const UPDATES = 1_000;
const FAULTS = 150;
const ROLES = { moddy_plus: [PLUS_ROLE], moddy_max: [MAX_ROLE], free: [] } as const;
const PLANS = ['moddy_plus', 'moddy_max', 'free'] as const;
const seed = Number(process.env.SEED ?? Date.now() % 2 ** 31);

/** Mulberry32: the same numbers for the same seed. */
function randomFrom(start: number): (below: number) => number {
  let state = start;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const busy = (seconds: number) => ({
  answer: { status: 429, headers: { 'retry-after': String(seconds) }, body: { retry_after: seconds } },
});
const FAILURES = [
  { answer: { status: 503 }, times: 2 },
  { answer: { status: 503 }, times: 2, applyEffect: true },
  { end: 'drop', times: 2 },
  { end: 'drop', times: 2, applyEffect: true },
  busy(0.02),
] as const;

it('each member ends with the roles of the highest revision, despite faults and reordering', async ({ signal }) => {
  console.log(`seed ${seed}: SEED=${seed} repeats this run`);
  const random = randomFrom(seed);
  // The roles of the server do not change here.
  const { client, discord } = await startTestBot({ timings: { guildMaxAgeMs: 60_000 } });
  const members = Array.from({ length: MEMBERS }, () => {
    const { id } = discord.addUser();
    discord.join(id);
    return { id, plan: PLANS[random(3)] ?? 'free', revision: 0 };
  });
  const updates = Array.from({ length: UPDATES }, (_, index) => {
    const member = members[index % MEMBERS];
    if (member === undefined) throw new RangeError('no such member');
    member.revision += 1;
    member.plan = PLANS[random(3)] ?? 'free';
    return { discord_id: member.id, plan: member.plan, revision: member.revision };
  });
  for (let count = 0; count < FAULTS; count += 1) {
    const path = random(2) === 0 ? '/guilds/:guild/members/:user' : '/guilds/:guild/members/:user/roles/:role';
    discord.fail({ path, ...FAILURES[random(FAILURES.length)], after: random(2_000) });
  }
  // Longer than the bot waits for Discord: rejected at once.
  discord.fail({ path: '/guilds/:guild/members/:user/roles/:role', ...busy(2), after: random(200) });
  let notNow = 0;
  const asTheBackend = async (update: (typeof updates)[number]) => {
    for (;;) {
      try {
        const { roles_updated: isDone, reason } = await client.updateUserRole(update);
        return isDone ? 'done' : reason;
      } catch (error) {
        // Not now, or no answer in time: both mean again.
        signal.throwIfAborted();
        if (!(error instanceof ClientError) || !['not-now', 'unreachable'].includes(error.outcome)) throw error;
        notNow += 1;
        await delay(20 + random(100));
      }
    }
  };
  const shuffled = updates.map((update) => ({ update, at: random(2 ** 31) })).toSorted((a, b) => a.at - b.at);
  const answers = await Promise.all(shuffled.map(({ update }) => asTheBackend(update)));

  expect(new Set(answers)).toEqual(new Set(['done', 'superseded']));
  expect(notNow).toBeGreaterThan(10);
  for (const { id, plan } of members) expect(discord.rolesOf(id)).toEqual(ROLES[plan]);
});
