import { cleaningUp } from '@moddy/runtime/testing/cleaning-up';
import { alterDatabase, createDatabase, query, startOwnPostgres } from '@moddy/sandbox/postgres';
import { price, product } from '@moddy/sandbox/stripe/objects/price';
import { beforeAll, describe, expect, inject, it, onTestFinished } from 'vitest';
import { findByDiscordId } from '../../billing/find-by-discord-id.ts';
import { linkCustomer } from '../../billing/link-customer.ts';
import { deliveries, discordEvents } from '../../database/schema.ts';
import { createStripe } from '../../stripe-client.ts';
import { eventually } from '../../testing/eventually.ts';
import { runCommand as run, startCommand as start } from '../../testing/start-command.ts';
import { PLAN_PRICES, SECRET, startTestBackend, type TestBackend } from '../../testing/start-test-backend.ts';

const MAX = 'price_moddy_max_month';

describe('the operator commands', () => {
  let system: TestBackend;
  let variables: Record<string, string>;
  beforeAll(
    cleaningUp(async (end) => {
      system = await startTestBackend({}, end);
      variables = {
        DATABASE_URL: system.databaseUrl,
        STRIPE_API_KEY: system.stripe.apiKey,
        STRIPE_API_URL: system.stripe.url,
        PLAN_PRICES: JSON.stringify(PLAN_PRICES),
      };
      system.stripe.subscribe({ discordId: '123456789', price: MAX, email: 'member@example.com' });
      await system.bot.received(2);
      await system.backend.database.orm.insert(discordEvents).values({
        type: 'member_joined',
        discordId: '123456789',
        requestHash: '',
        metadata: { username: 'not to be shown' },
      });
    }),
  );

  it.each(['trace', 'parked', 'redrive', 'drop', 'sync', 'reconcile', 'import', 'audit', 'migrate'])(
    '%s --help exits 0 without a configuration',
    async (name) => {
      const help = await run(name, ['--help'], {});
      expect(help).toMatchObject({ code: 0, err: '' });
      expect(help.out).toContain(`node backend/operator/commands/${name}.ts`);
    },
  );
  it('an unknown option exits 2 with the usage', async () => {
    const wrong = await run('trace', ['--nonsense'], {});
    expect(wrong).toMatchObject({ code: 2, out: '' });
    expect(wrong.err).toContain('--nonsense');
    expect(wrong.err).toContain('--user X');
  });

  it.each(['123456789', 'member@example.com'])(
    'trace --user %s prints the story in order, without personal data',
    async (who) => {
      const { code, out } = await run('trace', ['--user', who], variables);
      expect(code).toBe(0);
      const at = (text: string) => out.indexOf(text);
      expect(out).toMatch(/^Discord user 123456789 \(user id 1, m…@example.com, cus_\w+\)/);
      expect(at('  Stripe ')).toBeGreaterThan(at('What happened'));
      expect(out).toContain('customer.subscription.created of cus_');
      // Stripe promises no order among the events of one payment: the order of the deliveries follows the first that came.
      expect(at('#1 message subscription_created moddy_max (month)')).toBeGreaterThan(at('  Stripe '));
      expect(at('#1 sent after 1 attempt (User notified successfully)')).toBeGreaterThan(at('#1 message'));
      expect(at('Discord  member_joined')).toBeGreaterThan(at('  Stripe '));
      expect(out).toContain('plan moddy_max, month, revision 1, roles confirmed');
      expect(out).toMatch(/sub_\w+: active, moddy_max, until /);
      expect(out).toContain('no delivery is pending');
      expect(out).not.toContain('member@example.com');
      expect(out).not.toContain('not to be shown');
    },
  );
  it('trace exits 1 for an unknown user, 2 without --user', async () => {
    expect(await run('trace', ['--user', '5'], variables)).toMatchObject({
      code: 1,
      out: '',
      err: expect.stringMatching(/^Nobody is known by that id or e-mail\. If they paid: with which e-mail\?/),
    });
    expect(await run('trace', [], variables)).toMatchObject({ code: 2, out: '' });
  });
  it('trace prints the events of an account that never paid, and asks for the e-mail of the receipt', async () => {
    await system.backend.database.orm
      .insert(discordEvents)
      .values({ type: 'member_joined', discordId: '404', requestHash: '' });
    const { code, out } = await run('trace', ['--user', '404'], variables);
    expect(code).toBe(0);
    expect(out).toMatch(
      /Discord id 404: no user\.[\s\S]*Discord {2}member_joined[\s\S]*It is on the receipt of Stripe/,
    );
  });
  it('trace prints the cause of overdue deliveries from the health of the service', async () => {
    const offline = await startTestBackend();
    await offline.bot.close();
    offline.stripe.subscribe({ discordId: '7', price: MAX });
    const { orm } = offline.backend.database;
    await eventually(
      async () => offline.backend.deliverer.breaker.opened?.cause === 'unreachable' && orm.select().from(deliveries),
      (rows) => rows !== false && rows.length === 2,
    );
    await orm.update(deliveries).set({ dueAt: new Date(Date.now() - 60_000) });
    const beside = { DATABASE_URL: offline.databaseUrl, INTERNAL_API_SECRET: SECRET };
    const port = { INTERNAL_PORT: String(offline.backend.internalPort) };
    expect((await run('trace', ['--user', '7'], { ...beside, ...port })).out).toMatch(
      /pending: #1 .*\n.*\n {2}overdue, waits for: bot: unreachable: healthCheck: no answer/,
    );
    expect((await run('trace', ['--user', '7'], { ...beside, INTERNAL_PORT: '1' })).out).toContain(
      'waits for: the backend does not answer here',
    );
  });
  it('parked and redrive report that nothing is parked', async () => {
    expect(await run('parked', [], variables)).toEqual({ code: 0, out: 'Nothing is parked.\n', err: '' });
    expect(await run('redrive', ['--all'], variables)).toEqual({ code: 0, out: 'Nothing is parked there.\n', err: '' });
    expect(await run('redrive', ['--all', '--id', '1'], variables)).toMatchObject({ code: 2 });
  });
  it('sync prints the changes, even of an unknown customer', async () => {
    const calls = system.bot.calls.length;
    const same = await run('sync', ['--user', '123456789'], variables);
    expect(same.out).toMatch(/^Nothing changed\.\n(?:.*\n)+pending: #\d+ roles\n$/);
    const sent = await system.bot.received(calls + 1);
    expect(sent[calls]).toMatchObject({ operation: 'updateUserRole', body: { plan: 'moddy_max', revision: 1 } });
    system.stripe.setWebhooks([]);
    const { customer } = system.stripe.subscribe({ discordId: '5', price: MAX, anonymous: true });
    const unlinked = await run('sync', ['--user', customer], variables);
    expect(unlinked.out).toContain(`parked: ${customer}: nobody is linked to it`);
    const linked = await run('sync', ['--user', customer, '--discord-id', '5'], variables);
    expect(linked).toMatchObject({ code: 0, err: '' });
    expect(linked.out).toContain('now: Discord user 5 has plan moddy_max, revision 1');
    expect(linked.out).toMatch(/pending: #\d+ notify subscription_created moddy_max/);
  });
  it('sync --force moves a customer from another user and reports it', async () => {
    const customer = 'cus_ABC123';
    const { stripe } = system;
    stripe.subscribe({ discordId: '50', price: MAX, customer, anonymous: true });
    await linkCustomer(system.backend.database.orm, { customerId: customer, discordId: '50', livemode: false });
    await eventually(
      () => findByDiscordId(system.backend.database.orm, '50'),
      (found) => found?.user.plan === 'moddy_max',
    );
    const moved = await run('sync', ['--user', customer, '--discord-id', '6', '--force'], variables);
    expect(moved).toMatchObject({ code: 0, err: '' });
    expect(moved.out).toContain(`${customer} is taken from Discord user 50, who has plan free now.`);
    expect(moved.out).toContain('now: Discord user 6 has plan moddy_max, revision 1');
    expect(await run('sync', ['--user', customer, '--force'], variables)).toMatchObject({ code: 2, out: '' });
  });
  it('sync --force does not name the owner in a foreign subscription', async () => {
    const { ledger } = system.stripe.books.named('test');
    ledger.products.add(product(ledger, 'prod_mug', { name: 'Mug club', description: 'A mug', features: [] }));
    ledger.prices.add(price(ledger, { id: 'price_mug', product: 'prod_mug', interval: 'month', amount: 1500 }));
    const { customer, subscription } = system.stripe.subscribe({ discordId: '51', price: MAX });
    const api = createStripe(system.stripe.apiKey, system.stripe.url);
    const mug = await api.subscriptions.create({ customer, items: [{ price: 'price_mug' }] });
    expect((await run('sync', ['--user', customer], variables)).out).toContain('Discord user 51 has plan moddy_max');
    const moved = await run('sync', ['--user', customer, '--discord-id', '52', '--force'], variables);
    expect(moved).toMatchObject({ code: 0, err: '' });
    expect(moved.out).not.toContain('parked');
    const metadata = [subscription, mug.id].map((id) => ledger.subscriptions.get(id)?.metadata);
    expect(metadata).toEqual([{ discord_id: '52' }, {}]);
    expect(ledger.customers.get(customer)?.metadata).toEqual({ discord_id: '52' });
  });
  it('reconcile and import report their results', async () => {
    system.stripe.setWebhooks([]);
    system.stripe.seedSubscribers({ count: 2 });
    const dry = await run('reconcile', ['--dry'], variables);
    expect(dry).toMatchObject({ code: 0, err: '' });
    expect(dry.out).toMatch(/a customer we do not know: active, moddy_max\n/);
    expect(dry.out).toContain('2 differences of 2 customers; 2 users would be notified of a change');
    const imported = await run('import', [], variables);
    expect(imported).toMatchObject({ code: 0, err: '' });
    expect(imported.out).toContain('Done: no message is sent, every role is pending.');
    expect((await run('reconcile', [], variables)).out).toContain('0 differences of 0 customers');
  });
  it('migrate applies each migration once', async () => {
    const fresh = { DATABASE_URL: await createDatabase(inject('postgresUrl')) };
    expect((await run('trace', ['--user', '1'], fresh)).err).toContain('make migrate');
    expect((await run('migrate', [], fresh)).out).toMatch(/^applied 0000_init\n/);
    expect(await run('migrate', [], fresh)).toEqual({ code: 0, out: 'up to date\n', err: '' });
  });
  it('sync exits 1 when no backend runs on the database', async () => {
    const fresh = { ...variables, DATABASE_URL: await createDatabase(inject('postgresUrl')) };
    await run('migrate', [], fresh);
    const { code, out } = await run('sync', ['--user', 'cus_ABC123'], fresh);
    expect(code).toBe(1);
    expect(out).toContain('No backend seems to be running');
  });
  it('sync rejects a customer unknown to Stripe and parks nothing', async () => {
    const typo = await run('sync', ['--user', 'cus_TYPO'], variables);
    expect(typo).toMatchObject({ code: 1, out: '' });
    expect(typo.err).toBe('Stripe has no customer cus_TYPO in the test mode of STRIPE_API_KEY. Nothing was done.\n');
    expect((await run('parked', [], variables)).out).not.toContain('cus_TYPO');
    expect((await run('parked', ['--acknowledge', 'cus_TYPO'], variables)).err).toBe(
      'No customer cus_TYPO is parked.\n',
    );
    expect(await run('parked', ['--acknowledge', 'TYPO'], variables)).toMatchObject({ code: 2, out: '' });
  });

  it('import names every missing variable', async () => {
    const { code, err } = await run('import', [], { DATABASE_URL: system.databaseUrl });
    expect(code).toBe(1);
    expect(err).toMatch(/^Configuration:\n {2}STRIPE_API_KEY is required.*\n {2}PLAN_PRICES is required/);
  });
  it('parked reports an unavailable database in one line', async () => {
    const offline = await run('parked', [], { DATABASE_URL: 'postgres://nobody@127.0.0.1:1/none' });
    expect(offline.code).toBe(1);
    expect(offline.err).toBe('The database is not reachable; is DATABASE_URL right, and is it running?\n');
  });
  it.each([
    ['read-only', (url) => url, "is DATABASE_URL that of a standby? After a failover take the new primary's"],
    [
      'closed to this user',
      (url) => url.replace(/:\/\/[^@]+@/, '://stranger:s3cret@'),
      'correct user and password in DATABASE_URL; special characters of a password are written percent-encoded',
    ],
    [
      'not on this server',
      (url) => `${url}_typo`,
      'correct the name at the end of DATABASE_URL, or create the database',
    ],
    ['without TLS', (url) => `${url}?sslmode=no-verify`, 'take sslmode out of DATABASE_URL'],
    [
      'not fully open to this user',
      (url) => url.replace(/:\/\/[^@]+@/, '://guest:guest@'),
      'the user of DATABASE_URL has to own the database and its tables',
    ],
  ] satisfies [string, (url: string) => string, string][])(
    'parked reports a database that is %s with its fix and without a password',
    async (detail, addressOf, cure) => {
      const url = await createDatabase(inject('postgresUrl'));
      expect(await run('migrate', [], { DATABASE_URL: url })).toMatchObject({ code: 0 });
      await query(
        url,
        "do $$ begin create role guest login password 'guest'; exception when duplicate_object or unique_violation then end $$",
      );
      if (detail === 'read-only') await alterDatabase(url, 'set default_transaction_read_only = on');
      const { code, out, err } = await run('parked', ['--acknowledge', 'delivery-1'], {
        DATABASE_URL: addressOf(url),
      });
      expect({ code, out, err }).toEqual({ code: 1, out: '', err: `The database is ${detail}; ${cure}\n` });
    },
  );
  it.each([
    ['audit', [], 'BOT_INTERNAL_URL', /^The bot: listRoleHolders: no answer .*; is BOT_INTERNAL_URL right, .*\n$/],
    ['reconcile', [], 'STRIPE_API_URL', /^Stripe: .*connection to Stripe.*; is the way out of the network open, .*\n$/],
  ])('%s names the unavailable peer, not the database', async (name, args, address, line) => {
    const offline = { ...variables, INTERNAL_API_SECRET: SECRET, [address]: 'http://127.0.0.1:1' };
    const { code, err } = await run(name, args, offline);
    expect(code).toBe(1);
    expect(err).toMatch(line);
  });
  it.each([
    ['trace', ['--user', '1', '--user', '2'], '--user is given twice'],
    ['grants', ['--dry', '--dry'], '--dry is given twice'],
    ['trace', ['--user', ' \t'], '--user needs a value'],
    ['drop', ['--before', '2099-01-01T00:00:00Z'], '--before is in the future'],
    ['grant', ['--user', '1', '--plan', 'moddy_max', '--reason', 'a\nb'], '--reason takes one line'],
    ['grant', ['--user', '1', '--plan', 'moddy_max', '--reason', 'a', '--author', 'x'.repeat(201)], '--author takes'],
  ])('%s %j exits 2 with the reason', async (name, args, message) => {
    const wrong = await run(name, args, variables);
    expect(wrong).toMatchObject({ code: 2, out: '' });
    expect(wrong.err).toContain(message);
  });
  it('redrive of a delivery that is not parked exits 1', async () => {
    expect(await run('redrive', ['--id', '999'], variables)).toEqual({
      code: 1,
      out: '',
      err: 'No delivery 999 is parked.\n',
    });
  });
  it('migrate waits for an unavailable database', async () => {
    const server = await startOwnPostgres({ settings: { fsync: 'off' } });
    onTestFinished(() => server.stop());
    const fresh = { DATABASE_URL: await server.createDatabase() };
    await server.kill('SIGQUIT');
    const migrating = start('migrate', [], fresh);
    await migrating.printed('waiting for the database');
    await server.start();
    expect(await migrating.ended).toMatchObject({
      code: 0,
      err: '',
      out: expect.stringMatching(/\napplied 0000_init\n/),
    });
  });
  it('reconcile reports a wrong Stripe key without printing it', async () => {
    const { code, err } = await run('reconcile', [], { ...variables, STRIPE_API_KEY: 'sk_test_wrong_key' });
    expect(code).toBe(1);
    expect(err).toMatch(/^Stripe: /);
    expect(err).not.toContain('sk_test_wrong_key');
  });
});
