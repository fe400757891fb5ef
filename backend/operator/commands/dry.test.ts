import { readdirSync } from 'node:fs';
import { cleaningUp } from '@moddy/runtime/testing/cleaning-up';
import { price, product } from '@moddy/sandbox/stripe/objects/price';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import type { Orm } from '../../database/database.ts';
import { sql } from '../../database/drizzle.ts';
import { openDatabase, openReadOnly } from '../../database/open.ts';
import { deliveries, jobs, reversals, users } from '../../database/schema.ts';
import { transaction } from '../../database/transaction.ts';
import { eventually } from '../../testing/eventually.ts';
import { runCommand } from '../../testing/start-command.ts';
import { PLAN_PRICES, SECRET, startTestBackend, type TestBackend } from '../../testing/start-test-backend.ts';

const MAX = 'price_moddy_max_month';

/** Every row of every table, and where every sequence stands. */
async function dump(orm: Orm): Promise<string> {
  const tables = await orm.execute<{ name: string }>(
    sql`select table_schema || '.' || table_name as name from information_schema.tables
      where table_schema in ('public', 'drizzle') order by 1`,
  );
  const parts: string[] = [];
  for (const { name } of tables.rows) {
    const { rows } = await orm.execute<{ row: string }>(sql`select t::text as row from ${sql.raw(name)} t order by 1`);
    parts.push(name, ...rows.map(({ row }) => row));
  }
  const sequences = await orm.execute(sql`select sequencename, last_value from pg_sequences order by 1`);
  return [...parts, JSON.stringify(sequences.rows)].join('\n');
}

async function run(...command: Parameters<typeof runCommand>) {
  const { code, out, err } = await runCommand(...command);
  return { code, text: out + err };
}

describe('a dry run', () => {
  let system: TestBackend;
  let orm: Orm;
  let variables: Record<string, string>;
  /** The words of the command lines below that are known only here. */
  let ids: Readonly<Record<string, string>>;
  beforeAll(
    cleaningUp(async (end) => {
      system = await startTestBackend({}, end);
      const linked = system.stripe.subscribe({ discordId: '7', price: MAX });
      await system.bot.received(2);
      const { customer } = system.stripe.subscribe({ discordId: '8', price: MAX, anonymous: true });
      ids = { LINKED: linked.customer, FREE: customer };
      await eventually(
        () => dump(system.backend.database.orm),
        (text) => text.includes('no_discord_id'),
      );
      // A running service writes too: after its stop, only a command can cause changes.
      await system.backend.stop();
      system.stripe.setWebhooks([]);
      system.stripe.subscribe({ discordId: '9', price: MAX });
      system.stripe.cancelNow('7');
      // A foreign price: for that, the products of the listed ones are looked up, which a sync would store.
      const { ledger } = system.stripe.books.named('test');
      ledger.products.add(
        product(ledger, 'prod_mug', { name: 'Mug club', description: 'A mug every month', features: [] }),
      );
      ledger.prices.add(price(ledger, { id: 'price_mug', product: 'prod_mug', interval: 'month', amount: 1500 }));
      system.stripe.subscribe({ discordId: '11', price: 'price_mug', anonymous: true });
      const database = openDatabase({ url: system.databaseUrl });
      end(() => database.close());
      orm = database.orm;
      variables = {
        DATABASE_URL: system.databaseUrl,
        STRIPE_API_KEY: system.stripe.apiKey,
        STRIPE_API_URL: system.stripe.url,
        PLAN_PRICES: JSON.stringify(PLAN_PRICES),
        BOT_INTERNAL_URL: system.bot.url,
        INTERNAL_API_SECRET: SECRET,
      };
      const [user] = await orm.select().from(users);
      const message = {
        action: 'plan_upgraded',
        plan: 'moddy_max',
        customerId: null,
        interval: null,
        change: null,
        effectiveAt: null,
      } as const;
      const old = { userId: user?.userId ?? 0, kind: 'notify', message, createdAt: new Date(0) } as const;
      await orm.insert(deliveries).values([
        { ...old, state: 'parked', outcome: 'failed', failures: 8, attempts: 8, settledAt: new Date(0) },
        { ...old, state: 'waiting', outcome: 'no_mutual_guild', settledAt: new Date(0) },
        { ...old, state: 'pending' },
        { ...old, kind: 'roles', message: null, state: 'parked', outcome: 'rejected', settledAt: new Date(0) },
      ]);
      await orm.insert(reversals).values({
        eventId: 'evt_1',
        kind: 'refund',
        state: 'parked',
        outcome: 'needs_attention',
        livemode: false,
        chargeId: 'ch_1',
        amount: 999,
        currency: 'eur',
        createdAt: new Date(0),
      });
      // A run that was interrupted a moment ago: a dry one neither goes on with it nor forgets it.
      await orm
        .insert(jobs)
        .values({
          name: 'reconcile',
          dueAt: new Date(),
          startedAt: new Date(),
          state: { step: 'apply', cursor: null, listed: 5 },
        })
        .onConflictDoUpdate({
          target: jobs.name,
          set: { startedAt: new Date(), state: { step: 'apply', cursor: null, listed: 5 } },
        });
    }),
  );

  const CASES: readonly [line: string, says: RegExp][] = [
    ['trace --user 7', /Discord user 7/],
    ['parked', /delivery-3/],
    ['parked --acknowledge 1', /Refund or dispute 1 would be acknowledged/],
    ['parked --acknowledge FREE', /would be acknowledged/],
    ['parked --acknowledge delivery-3', /Delivery 3 would be acknowledged/],
    ['redrive --all', /would be sent again/],
    ['redrive --all --force', /would be sent again/],
    ['drop --before 2020-01-01T00:00:00Z', /would be dropped/],
    ['sync --user 7', /canceled|is gone|differs/],
    ['sync --user FREE --discord-id 10', /would be linked to Discord user 10/],
    ['sync --user LINKED --discord-id 10 --force', /would be taken from Discord user 7/],
    ['reconcile', /2 differences of 2 customers/],
    ['import --force', /2 differences of 2 customers/],
    ['migrate', /up to date/],
    ['audit --sweep', /members hold a plan's role/],
    ['grant --user 7 --plan moddy_max --until 2030-01-31 --reason test', /would get moddy_max/],
    ['revoke --user 7', /grants of Discord user 7 would end/],
    ['grants', /0 grants/],
  ];
  it('is tested for every command except doctor', () => {
    const files = readdirSync(import.meta.dirname).filter((name) => !name.endsWith('.test.ts'));
    const commands = new Set(CASES.map(([line]) => `${line.split(' ')[0]}.ts`));
    expect(files.filter((name) => !commands.has(name))).toEqual(['doctor.ts']);
  });
  it.each(CASES)('changes nothing: %s', async (line, says) => {
    const [name = '', ...args] = line.split(' ').map((word) => ids[word] ?? word);
    const before = await dump(orm);
    const calls = system.stripe.requests.length;
    const { code, text } = await run(name, args, { ...variables, DRY: '1' });
    expect(await dump(orm)).toBe(before);
    expect({ code, text }).toEqual({ code: 0, text: expect.stringMatching(says) });
    expect(system.stripe.requests.slice(calls).filter(({ method }) => method !== 'GET')).toEqual([]);
  });

  it('with --dry changes nothing', async () => {
    const before = await dump(orm);
    expect((await run('redrive', ['--all', '--dry'], variables)).text).toMatch(/would be sent again/);
    expect(await dump(orm)).toBe(before);
  });

  it('changes nothing when it fails midway', async () => {
    const before = await dump(orm);
    system.stripe.fail({ effect: 'status', status: 500, path: '/v1/subscriptions' });
    for (const name of ['reconcile', 'import']) {
      const { code } = await run(name, [], { ...variables, DRY: '1' });
      expect(code).toBe(1);
      expect(await dump(orm)).toBe(before);
    }
    system.stripe.faults.clear();
  });

  it('has a connection that rejects writes', async () => {
    const database = openReadOnly({ url: system.databaseUrl });
    onTestFinished(() => database.close());
    for (const write of [
      () => database.orm.delete(users),
      () => transaction(database.orm, (tx) => tx.delete(deliveries)),
      () => transaction(database.orm, (tx) => tx.select().from(users).for('update')),
    ])
      await expect(write()).rejects.toThrow(
        expect.objectContaining({ cause: expect.objectContaining({ code: '25006' }) }),
      );
  });

  // These run last, because they change the rows that the others only read.
  it.each([
    ['parked --acknowledge 1', 'Refund or dispute 1 is acknowledged.', ['reversals', '1', 'acknowledged']],
    ['parked --acknowledge FREE', 'is acknowledged: it is listed again only', ['customers', 'FREE', 'no_discord_id']],
    ['parked --acknowledge delivery-3', 'Delivery 3 is acknowledged.', ['deliveries', '3', 'acknowledged']],
    ['drop --before 2020-01-01T00:00:00Z', 'is dropped', ['deliveries', '5', 'dropped']],
  ] as const)('writes with DRY=off: %s', async (line, says, [table, key, value]) => {
    const [name = '', ...args] = line.split(' ').map((word) => ids[word] ?? word);
    const written = { reversals: 'outcome', customers: 'acknowledged_reason', deliveries: 'outcome' }[table];
    const keyOf = { reversals: 'reversal_id', customers: 'customer_id', deliveries: 'delivery_id' }[table];
    const valueIn = async () =>
      (
        await orm.execute(
          sql`select ${sql.raw(written)} as value from ${sql.raw(table)} where ${sql.raw(keyOf)}::text = ${ids[key] ?? key}`,
        )
      ).rows[0]?.value;
    expect(await valueIn()).not.toBe(value);
    const { code, text } = await run(name, args, { ...variables, DRY: 'off' });
    expect({ code, text }).toEqual({ code: 0, text: expect.stringContaining(says) });
    expect(await valueIn()).toBe(value);
    expect((await run('parked', [], variables)).text).not.toContain(`${ids[key] ?? key}:`);
  });
});
