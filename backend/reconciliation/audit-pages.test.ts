import { BotClientError } from '@moddy/generated/bot-internal/client';
import { createLogger } from '@moddy/runtime/log';
import { replacePauses } from '@moddy/runtime/testing/replace-pauses';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { Orm } from '../database/database.ts';
import { openDatabase } from '../database/open.ts';
import { jobs, users } from '../database/schema.ts';
import { claimJob } from '../queue/claim-job.ts';
import { createMigratedDatabase } from '../testing/create-migrated-database.ts';
import { AuditUnavailable, auditJob, auditRoles } from './audit-roles.ts';

/* The bot answers each request for a page with the next of these. */

type Answer = {
  readonly success: boolean;
  readonly message: string;
  readonly holders?: Holder[];
  readonly next?: string;
};
type Holder = { readonly discord_id: string; readonly roles: string[]; readonly administrator: boolean };
let answers: (Answer | Error)[] = [];
let asked: (string | undefined)[] = [];
const bot: Parameters<typeof auditRoles>[0]['bot'] = {
  listRoleHolders: async ({ parameters } = {}) => {
    asked.push(parameters?.query?.after);
    const answer = answers.shift();
    if (answer === undefined || answer instanceof Error) throw answer ?? new Error('Asked once too often');
    return answer;
  },
};
const pauses: number[] = [];
replacePauses(async (ms) => void pauses.push(ms));

let db: Orm;
beforeAll(async () => {
  const database = openDatabase({ url: await createMigratedDatabase() });
  db = database.orm;
  await db.insert(users).values({ discordId: '1', plan: 'moddy_max' });
  return () => database.close();
});
beforeEach(() => {
  asked = [];
  pauses.length = 0;
});

const holder = (discordId: string): Holder => ({ discord_id: discordId, roles: ['5'], administrator: false });
const page = (next?: string, ...ids: string[]): Answer => ({
  success: true,
  message: 'One page of members',
  holders: ids.map(holder),
  ...(next === undefined ? {} : { next }),
});
const failure = (outcome: 'not-now' | 'failed' | 'answered' | 'unreachable', more: object = {}) =>
  new BotClientError('listRoleHolders', outcome, { outcome, ambiguous: false, ...more });
const audit = (...given: (Answer | Error)[]) => {
  answers = given;
  return auditRoles({ db, bot, signal: new AbortController().signal });
};

it('reads all pages and finds the holders without a plan', async () => {
  expect(await audit(page('1', '1'), page('2'), page(undefined, '3'))).toEqual({
    holders: 2,
    unpaid: [{ discordId: '3', roles: ['5'], administrator: false }],
  });
  expect(asked).toEqual([undefined, '1', '2']);
});

it.each<readonly [string, Answer | Error, string]>([
  ['the bot does not know the members', { success: false, message: 'Discord says no' }, 'Discord says no'],
  ['the bot is of an older version', failure('answered', { status: 404 }), 'older version'],
])('is unavailable if %s', async (_name, answer, message) => {
  const audited = audit(answer);
  await expect(audited).rejects.toThrow(AuditUnavailable);
  await expect(audited).rejects.toThrow(message);
});

it.each<readonly [string, Error]>([
  ['a fault of the bot', failure('failed', { status: 500, retryAfterSeconds: 5 })],
  ['an unavailable bot', failure('unreachable')],
  ['a limit without a time', failure('not-now', { status: 503 })],
  ['a limit of 31 seconds', failure('not-now', { status: 503, retryAfterSeconds: 31 })],
  ['a fault of ours', new TypeError('a fault')],
])('fails at once with %s', async (_name, error) => {
  await expect(audit(page('1', '1'), error)).rejects.toBe(error);
  expect([asked.length, pauses]).toEqual([2, []]);
});

it('waits up to thirty seconds for a page that Discord does not list yet, once', async () => {
  const limit = (retryAfterSeconds: number) => failure('not-now', { status: 503, retryAfterSeconds });
  expect(await audit(page('1', '1'), limit(30), page(undefined, '2'))).toMatchObject({ holders: 2 });
  expect([asked, pauses]).toEqual([[undefined, '1', '1'], [30_000]]);
  const second = limit(2);
  await expect(audit(limit(1), second)).rejects.toBe(second);
});

it('stops between two pages when it is interrupted', async () => {
  answers = [page('1', '1'), page(undefined, '2')];
  const stopping = new AbortController();
  const audited = auditRoles({ db, bot, signal: stopping.signal }, async () => stopping.abort());
  await expect(audited).rejects.toThrow('aborted');
  expect(asked).toHaveLength(1);
});

it.each([
  [[page(undefined, '1', '2')], '1 members hold', true],
  [[page(undefined, '1')], '0 members hold', false],
  [[{ success: false, message: 'Discord says no' }], 'Discord says no', false],
])('runs weekly and alerts only for holders without a plan: %j', async (given, outcome, alert) => {
  answers = given;
  await db.delete(jobs);
  const claim = await claimJob(db, 'audit', 'now');
  if (claim === undefined) throw new Error('Not claimed');
  const log = createLogger('silent', 'audit');
  await auditJob({ db, bot, log }).run(claim, new AbortController().signal);
  const [job] = await db.select().from(jobs);
  expect(job).toMatchObject({ outcome: expect.stringContaining(outcome), alert });
  const days = ((job?.dueAt.getTime() ?? 0) - Date.now()) / 86_400_000;
  expect(days).toBeGreaterThan(6.9);
  expect(days).toBeLessThanOrEqual(7);
});
