/**
 * Every request to Stripe of a whole deletion fails once, in every way, and the process ends before each of them.
 * No event arrives and no replica helps: the deletion's own rounds and the syncs they want have to be enough.
 */
import { createLogger } from '@moddy/runtime/log';
import { checkoutSession } from '@moddy/sandbox/stripe/objects/checkout-session';
import { customer } from '@moddy/sandbox/stripe/objects/customer';
import { price, product } from '@moddy/sandbox/stripe/objects/price';
import type { SandboxStripe } from '@moddy/sandbox/stripe/sandbox-stripe';
import { startStripe } from '@moddy/sandbox/stripe/start';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { receiveEvent } from '../../billing/receive-event.ts';
import { syncOrPostpone } from '../../billing/synchronizer.ts';
import type { Database } from '../../database/database.ts';
import { eq, isNotNull, isTable, sql } from '../../database/drizzle.ts';
import { openDatabase } from '../../database/open.ts';
import * as schema from '../../database/schema.ts';
import { createPlans } from '../../plans.ts';
import { claimCustomers } from '../../queue/claim-sync.ts';
import { createMigratedDatabase } from '../../testing/create-migrated-database.ts';
import { PLAN_PRICES } from '../../testing/start-test-backend.ts';
import { eraseUsers, requestErasure } from './erase-users.ts';

const { customers, deliveries, discordEvents, grants, listedPrices, sessions, users } = schema;
const OUR_PRICES = Object.values(PLAN_PRICES).flat();
const RULES = { plans: createPlans(new Map(Object.entries(PLAN_PRICES))), pastDueGraceMs: 0 };
const MINUTE_MS = 60_000;
/** Some twenty deletions each. */
const LONG_MS = 120_000;

/** `lost`: done, but nobody hears of it · `repeated`: so too, and the SDK sends it once more · `undone`: never arrives. */
type Loss = 'lost' | 'repeated' | 'undone';

/** Every row of every table. */
const EVERYTHING = sql.join(
  Object.values(schema)
    .filter((table) => isTable(table))
    .map((table) => sql`select to_jsonb(each)::text as row from ${table} as each`),
  sql` union all `,
);

class ProcessEnds extends Error {
  override readonly name = 'ProcessEnds';
}

describe.each([
  { count: 0, known: 'linked' },
  { count: 1, known: 'linked' },
  { count: 1, known: 'hinted' },
  { count: 3, known: 'linked' },
  { count: 3, known: 'hinted' },
] as const)('deleting a $known account with $count subscriptions beside a foreign one', ({ count, known }) => {
  let database: Database;
  let sandbox: SandboxStripe;
  let runs = 0;
  const log = createLogger('silent', 'every-loss');
  beforeAll(async () => {
    sandbox = await startStripe();
    database = openDatabase({ url: await createMigratedDatabase() });
    const { ledger } = sandbox.books.named('test');
    ledger.products.add(
      product(ledger, 'prod_course', { name: 'A course', description: 'Sold beside Moddy', features: [] }),
    );
    ledger.prices.add(price(ledger, { id: 'price_course', product: 'prod_course', interval: 'month', amount: 500 }));
    const products = OUR_PRICES.map((priceId) => ({ priceId, productId: String(ledger.prices.get(priceId)?.product) }));
    await database.orm.insert(listedPrices).values(products);
  });
  afterAll(async () => {
    await database.close();
    await sandbox.close();
  });

  /** A Stripe whose n-th request suffers; the SDK does not repeat by itself, so that each is one. */
  const failingStripe = (at: number, loss: Loss) => {
    const sent: string[] = [];
    const { hostname, port } = new URL(sandbox.url);
    const stripe = new Stripe(sandbox.apiKey, {
      host: hostname,
      port,
      protocol: 'http',
      maxNetworkRetries: 0,
      telemetry: false,
      httpClient: Stripe.createFetchHttpClient(async (...request: Parameters<typeof fetch>) => {
        sent.push(request[1]?.method ?? 'GET');
        if (sent.length !== at) return fetch(...request);
        if (loss !== 'undone') await (await fetch(...request)).arrayBuffer();
        if (loss === 'repeated') return fetch(...request);
        throw new Error('The connection was cut');
      }),
    });
    return { stripe, sent };
  };

  /** A user with a row in every table, and with all that a user can have at Stripe. */
  const newUser = async () => {
    runs += 1;
    const db = database.orm;
    const { ledger } = sandbox.books.named('test');
    const discordId = String(7_000_000_000_000_000n + BigInt(runs));
    const email = `leaver-${runs}@example.com`;
    const anonymous = known === 'hinted';
    // Once with the questions for the products of our prices, once as they are known.
    if (count < 2) await db.delete(listedPrices);
    const ours: string[] = [];
    const { id: customerId } = ledger.customers.add(
      customer(ledger, { email, metadata: anonymous ? {} : { discord_id: discordId } }),
    );
    for (let at = 0; at < count; at += 1) {
      const price = OUR_PRICES[at] ?? '';
      const made = sandbox.subscribe({ discordId, customer: customerId, price, viaCheckout: false, anonymous });
      ours.push(made.subscription);
    }
    const foreign = sandbox.subscribe({
      discordId,
      customer: customerId,
      price: 'price_course',
      viaCheckout: false,
      anonymous: true,
    });
    const open = (priceId: string, metadata: Record<string, string>) =>
      ledger.checkoutSessions.add(
        checkoutSession(ledger, {
          origin: sandbox.url,
          customer: customerId,
          customerEmail: null,
          clientReferenceId: null,
          metadata,
          lineItems: [{ price: ledger.need(ledger.prices, priceId), quantity: 1 }],
          successUrl: 'https://moddy.example/',
          cancelUrl: null,
          locale: null,
          expiresAt: ledger.clock.seconds() + 86_400,
        }),
      );
    const ourCheckout = open(OUR_PRICES[0] ?? '', { discord_id: discordId });
    const foreignCheckout = open('price_course', {});
    const [user] = await db.insert(users).values({ discordId, email, locale: 'fr', plan: 'free' }).returning();
    const userId = user?.userId ?? 0;
    await db.insert(customers).values({
      customerId,
      livemode: false,
      wanted: 1,
      ...(known === 'linked' ? { userId } : { discordIdHint: discordId }),
    });
    const endsAt = new Date(Date.now() + 60 * MINUTE_MS);
    await db.insert(grants).values({ userId, plan: 'moddy_max', endsAt, author: 'operator', reason: `for ${email}` });
    // As it was before the wish.
    if (known === 'linked') await syncAll(failingStripe(0, 'undone').stripe);
    await db.insert(sessions).values({
      tokenHash: `token-${runs}`,
      userId,
      name: `Leaver ${runs}`,
      expiresAt: new Date(Date.now() + 60 * MINUTE_MS),
    });
    await db
      .insert(discordEvents)
      .values({ type: 'member_joined', discordId, requestHash: 'x', metadata: { discordId } });
    const traces = [discordId, email, `Leaver ${runs}`];
    const isAlive = (id: string) => ledger.subscriptions.get(id)?.status !== 'canceled';
    return {
      userId,
      discordId,
      customerId,
      request: () =>
        requestErasure(
          { db, now: () => new Date(), wakeSchedule: () => {} },
          { userId, discordId, name: '', tokenHash: '' },
        ),
      isErased: async () => (await db.$count(users, eq(users.discordId, `erased:${userId}`))) === 1,
      atStripe: () => ({
        ours: ours.filter(isAlive),
        foreign: isAlive(foreign.subscription),
        checkouts: [ourCheckout, foreignCheckout].map(({ id }) => ledger.checkoutSessions.get(id)?.status),
        discordId: ledger.customers.get(customerId)?.metadata.discord_id,
      }),
      /** Rows of any table in which the user stands. */
      traces: async () => {
        const { rows } = await db.execute<{ row: string }>(EVERYTHING);
        return rows.filter(({ row }) => traces.some((trace) => row.includes(trace)));
      },
    };
  };

  /** Does the work of the other workers: syncs customers, and settles deliveries as if the bot had answered. */
  const syncAll = async (stripe: Stripe) => {
    const db = database.orm;
    await db.update(customers).set({ retryAt: null, leaseUntil: null });
    for (const claim of await claimCustomers(db, 10)) {
      await syncOrPostpone({ db, stripe, livemode: false, rules: RULES, now: () => new Date(), log }, claim);
    }
    await db.update(deliveries).set({ state: 'done', settledAt: new Date(), outcome: 'sent' });
    await db.update(users).set({ confirmedRevision: sql`${users.revision}` });
  };

  const ROUNDS = 8;
  /** Rounds until the user is forgotten. @param endsAt before which request the process ends once. */
  const deleteAll = async (user: Awaited<ReturnType<typeof newUser>>, stripe: Stripe, endsAt = 0) => {
    await user.request();
    let steps = 0;
    for (let round = 1; round <= ROUNDS; round += 1) {
      const now = new Date(Date.now() + round * MINUTE_MS);
      const onStep = async () => {
        steps += 1;
        if (steps === endsAt) throw new ProcessEnds();
      };
      await eraseUsers({ db: database.orm, stripe, rules: RULES, livemode: false, log, now, onStep }).catch(
        (error: unknown) => {
          if (!(error instanceof ProcessEnds) && !(error instanceof Error && error.cause instanceof ProcessEnds))
            throw error;
        },
      );
      const erased = await user.isErased();
      // Never before, at no moment.
      if (erased) expect(user.atStripe().ours).toEqual([]);
      if (erased) return steps;
      await syncAll(stripe);
    }
    throw new Error(`Not forgotten after ${ROUNDS} rounds`);
  };

  const expectAtRest = async (user: Awaited<ReturnType<typeof newUser>>) => {
    expect(user.atStripe()).toEqual({ ours: [], foreign: true, checkouts: ['expired', 'open'], discordId: undefined });
    expect(await user.traces()).toEqual([]);
    expect(await database.orm.select().from(customers).where(eq(customers.customerId, user.customerId))).toMatchObject([
      { userId: user.userId, discordIdHint: null, parkedReason: null },
    ]);
  };

  /** From an undisturbed deletion: the method of each request, and the number of points where the process could end. */
  let requests: readonly string[] = [];
  let steps = 0;
  it('leaves no trace, and late events do not bring the user back', async () => {
    const { stripe, sent } = failingStripe(0, 'undone');
    const user = await newUser();
    expect(user.atStripe().ours).toHaveLength(count);
    expect((await user.traces()).length).toBeGreaterThanOrEqual(4);
    steps = await deleteAll(user, stripe);
    requests = [...sent];
    expect(requests.filter((method) => method !== 'GET')).toHaveLength(count + (known === 'linked' ? 2 : 1));
    await expectAtRest(user);

    const { ledger } = sandbox.books.named('test');
    sandbox.renew(user.customerId);
    const userCount = await database.orm.$count(users);
    const late = ledger.events.values().map(({ payload }): Stripe.Event => JSON.parse(payload));
    for (const event of late.reverse()) await receiveEvent(database.orm, event);
    await receiveEvent(database.orm, {
      ...(late.find(({ type }) => type === 'customer.subscription.created') ?? expect.unreachable()),
      id: 'evt_checkout',
      type: 'checkout.session.completed',
      data: {
        object: {
          mode: 'subscription',
          customer: user.customerId,
          metadata: {},
          client_reference_id: user.discordId,
        },
      },
    } as unknown as Stripe.Event);
    await syncAll(stripe);
    await expectAtRest(user);
    expect(await database.orm.$count(users)).toBe(userCount);
    expect(await database.orm.$count(deliveries)).toBe(0);
    expect(await database.orm.$count(customers, isNotNull(customers.parkedReason))).toBe(0);
  });

  it.each(['undone', 'lost', 'repeated'] as const)(
    'leaves no trace when any request to Stripe is %s',
    { timeout: LONG_MS },
    async (loss) => {
      for (const [index, method] of requests.entries()) {
        // A GET has no effect: whether it arrives makes no difference.
        if (method === 'GET' && loss !== 'undone') continue;
        const { stripe, sent } = failingStripe(index + 1, loss);
        const user = await newUser();
        await deleteAll(user, stripe);
        expect(sent[index]).toBe(method);
        await expectAtRest(user);
      }
    },
  );

  it('leaves no trace when the process ends between any two requests', { timeout: LONG_MS }, async () => {
    for (let endsAt = 1; endsAt <= steps; endsAt += 1) {
      const { stripe } = failingStripe(0, 'undone');
      const user = await newUser();
      expect(await deleteAll(user, stripe, endsAt)).toBeGreaterThan(endsAt);
      await expectAtRest(user);
    }
  });
});
