import { createLogger } from '@moddy/runtime/log';
import Stripe from 'stripe';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { Orm } from '../../database/database.ts';
import { eq } from '../../database/drizzle.ts';
import { openDatabase } from '../../database/open.ts';
import { customers, subscriptions, users } from '../../database/schema.ts';
import { createPlans } from '../../plans.ts';
import {
  type AnsweringStripe,
  InTurn,
  listOf,
  type StripeAnswer,
  StripeFault,
  startAnsweringStripe,
} from '../../testing/answering-stripe.ts';
import { createMigratedDatabase } from '../../testing/create-migrated-database.ts';
import { emptyTables } from '../../testing/empty-tables.ts';
import { UNSEEN } from '../../testing/start-test-backend.ts';
import { stripeSubscription } from '../../testing/stripe-subscription.ts';
import type { SiteDeps, Visitor } from '../context.ts';
import { createOnce } from './create-once.ts';
import { createCustomer, customersOf } from './customers.ts';
import { openInvoiceUrl, resume } from './leave-for-stripe.ts';
import { openCheckout, openCheckoutsOf, trialDaysFor } from './open-checkout.ts';

/* The steps of a Checkout one by one, with what Stripe may answer to each. */

let db: Orm;
let stripe: AnsweringStripe;
beforeAll(async () => {
  const database = openDatabase({ url: await createMigratedDatabase() });
  db = database.orm;
  stripe = await startAnsweringStripe();
  return async () => {
    await stripe.close();
    await database.close();
  };
});
beforeEach(async () => {
  stripe.calls.length = 0;
  await emptyTables(db);
  await db
    .insert(users)
    .values([{ discordId: '1', email: 'a@example.com', subscriptionId: 'sub_1' }, { discordId: '2' }]);
});

it('the customers of a user are those of our mode, first that of the subscription, then the newest', async () => {
  const of = (customerId: string, at: number, more = {}) => ({
    customerId,
    userId: 1,
    livemode: false,
    createdAt: new Date(at),
    ...more,
  });
  await db
    .insert(customers)
    .values([
      of('cus_new', 3),
      of('cus_old', 1),
      of('cus_pays', 2),
      of('cus_live', 4, { livemode: true }),
      of('cus_other', 5, { userId: 2 }),
    ]);
  expect(await customersOf(db, 1, false)).toEqual(['cus_new', 'cus_pays', 'cus_old']);
  const kept = { status: 'active', cancelAtPeriodEnd: false, createdAt: new Date() };
  await db.insert(subscriptions).values([
    { ...kept, subscriptionId: 'sub_1', customerId: 'cus_pays' },
    { ...kept, subscriptionId: 'sub_2', customerId: 'cus_old' },
  ]);
  expect(await customersOf(db, 1, false)).toEqual(['cus_pays', 'cus_new', 'cus_old']);
  expect(await customersOf(db, 1, true)).toEqual(['cus_live']);
});

describe('createOnce', () => {
  const fault = (statusCode: number, replayed: boolean) =>
    new Stripe.errors.StripeAPIError({
      message: 'a fault',
      statusCode,
      headers: replayed ? { 'idempotent-replayed': 'true' } : {},
    } as never);
  const run = async (
    answers: readonly (Error | string)[],
    found: readonly (string | undefined)[] = [],
    of: unknown = 1,
  ) => {
    const keys: string[] = [];
    const left = [...answers];
    const finds = [...found];
    const made = await createOnce<string>({
      of: [of],
      create: async ({ idempotencyKey = '' }) => {
        keys.push(idempotencyKey);
        const answer = left.shift() ?? 'later';
        if (answer instanceof Error) throw answer;
        return answer;
      },
      find: async () => finds.shift(),
    }).catch((error: unknown) => error);
    return { made, keys };
  };
  const recorded = fault(500, true);

  it('uses one key for the same object and another key for any other', async () => {
    const [first, same, other] = [await run(['a']), await run(['a']), await run(['a'], [], 2)];
    expect(first.keys).toEqual([expect.stringMatching(/^site-[\w-]{43}$/)]);
    expect([same.keys, first.made]).toEqual([first.keys, 'a']);
    expect(other.keys).not.toEqual(first.keys);
  });
  it('uses the next key after a fault that Stripe replays, and a random key after three', async () => {
    const { made, keys } = await run([recorded, fault(503, true), recorded, 'b']);
    const [first = ''] = keys;
    expect(keys).toEqual([first, `${first}-1`, `${first}-2`, expect.stringMatching(/-[0-9a-f-]{36}$/)]);
    expect(made).toBe('b');
  });
  it('finds an object that Stripe created despite its fault', async () => {
    expect(await run([recorded, recorded], [undefined, 'found'])).toMatchObject({ made: 'found', keys: { length: 2 } });
  });
  it.each([
    ['a fault that is not replayed', fault(500, false)],
    ['a rejection', fault(499, true)],
    ['an error that is no answer of Stripe', new Error('a fault')],
  ])('does not retry after %s', async (_name, error) => {
    expect(await run([error])).toMatchObject({ made: error, keys: { length: 1 } });
  });
});

describe('a customer', () => {
  const visitor = { userId: 1, discordId: '1' } as Visitor;
  const made = (id: string, discordId: string) => ({ id, livemode: false, metadata: { discord_id: discordId } });
  const path = '/v1/customers';
  const answering = (answer: StripeAnswer, recent: readonly object[] = []) => {
    stripe.answers = { [`POST ${path}`]: answer, [`GET ${path}`]: listOf(recent) };
    return { db, stripe: stripe.sdk, now };
  };
  const now = () => new Date(1_000_000_999);
  it.each([
    [1, { 'metadata[discord_id]': '1', 'preferred_locales[0]': 'fr', email: 'a@example.com' }],
    [2, { 'metadata[discord_id]': '1', 'preferred_locales[0]': 'fr' }],
  ])('is created from the data of user %i and linked', async (userId, params) => {
    const deps = answering(made('cus_1', '1'));
    expect(await createCustomer(deps, { ...visitor, userId }, 'fr', [])).toBe('cus_1');
    expect(stripe.calls).toEqual([{ route: `POST ${path}`, params }]);
    expect(await db.select().from(customers)).toMatchObject([{ customerId: 'cus_1', userId, livemode: false }]);
  });
  it.each([
    [null, 1],
    [2, 2],
  ])('that belongs to user %s belongs to user %i afterwards', async (before, after) => {
    await db.insert(customers).values([
      { customerId: 'cus_1', userId: before, livemode: false },
      { customerId: 'cus_other', livemode: false },
    ]);
    await createCustomer(answering(made('cus_1', '1')), visitor, 'en', []);
    expect(await db.select().from(customers).orderBy(customers.customerId)).toMatchObject([
      { customerId: 'cus_1', userId: after },
      { customerId: 'cus_other', userId: null },
    ]);
  });
  it('that Stripe created despite a fault is found by user and day, except a known one', async () => {
    const fault = new StripeFault(500, { type: 'api_error', message: 'a fault' }, { 'idempotent-replayed': 'true' });
    const recent = [made('cus_other', '2'), made('cus_known', '1'), made('cus_made', '1'), made('cus_later', '1')];
    expect(await createCustomer(answering(fault, recent), visitor, 'en', ['cus_known'])).toBe('cus_made');
    expect(stripe.calls.filter(({ route }) => route === `GET ${path}`)).toEqual([
      { route: `GET ${path}`, params: { 'created[gte]': String(1_000_000 - 86_400), limit: '100' } },
    ]);
  });
});

describe('a Checkout', () => {
  const visitor = { userId: 1, discordId: '1' } as Visitor;
  const of = (trialDays?: number) => ({
    db,
    stripe: stripe.sdk,
    livemode: false,
    plans: createPlans(new Map([['moddy_pro', ['price_pro']]])),
    site: { url: 'https://site', checkout: { trialDays } } as SiteDeps['site'],
    log: createLogger('debug', 'test', UNSEEN),
    now: () => new Date(0),
  });
  const open = () => openCheckout(of(), { visitor, priceId: 'price_pro', language: 'en', attempt: 'a' });
  const linked = (customerId: string, userId = 1) =>
    db.insert(customers).values({ customerId, userId, livemode: false });
  const session = (name: string, more: object = { mode: 'subscription', client_reference_id: '1' }) => ({
    id: `cs_${name}`,
    url: `https://${name}`,
    metadata: {},
    client_reference_id: null,
    ...more,
  });
  const sessions = (...names: string[]) => listOf(names.map((name) => session(name)));
  const [nothing, live] = [listOf([]), listOf([stripeSubscription()])];
  const rejected = new StripeFault(400, { type: 'invalid_request_error', message: 'rejected' });
  const missing = new StripeFault(404, { type: 'invalid_request_error', code: 'resource_missing', param: 'customer' });
  const [read, make, list] = ['GET /v1/subscriptions', 'POST /v1/checkout/sessions', 'GET /v1/checkout/sessions'];
  const [retrieve, expireOld, expireNew] = [`${list}/cs_new`, `${make}/cs_old/expire`, `${make}/cs_new/expire`];

  it.each<readonly [string, AnsweringStripe['answers'], string | undefined, readonly string[]]>([
    ['opens', {}, 'https://new', [read, make, list]],
    ['does not open beside a subscription', { [read]: live }, undefined, [read]],
    ['replaces an older one', { [list]: sessions('new', 'old') }, 'https://new', [read, make, list, expireOld]],
    [
      'opens beside an older one that cannot be ended',
      { [list]: sessions('new', 'old'), [expireOld]: rejected },
      'https://new',
      [read, make, list, expireOld, read],
    ],
    [
      'ends beside an older one that is paid meanwhile',
      { [read]: new InTurn(nothing, live), [list]: sessions('new', 'old'), [expireOld]: rejected },
      undefined,
      [read, make, list, expireOld, read, expireNew],
    ],
    [
      'opens anew for a form whose own has expired',
      { [list]: new InTurn(nothing, sessions('again')), [retrieve]: { status: 'expired' } },
      'https://again',
      [read, make, list, retrieve, make, list],
    ],
    [
      'opens anew for a form whose own led to a subscription that has ended',
      { [list]: new InTurn(nothing, sessions('again')), [retrieve]: { status: 'complete' } },
      'https://again',
      [read, make, list, retrieve, read, make, list],
    ],
    [
      'does not open for a form whose own is paid meanwhile',
      { [read]: new InTurn(nothing, live), [list]: nothing, [retrieve]: { status: 'complete' } },
      undefined,
      [read, make, list, retrieve, read],
    ],
  ])('%s', async (_name, answers, url, routes) => {
    await linked('cus_1');
    const usual = { [read]: nothing, [make]: { id: 'cs_new' }, [list]: sessions('new') };
    stripe.answers = { ...usual, [expireOld]: {}, [expireNew]: {}, ...answers };
    expect(await open()).toBe(url);
    expect(stripe.calls.map(({ route }) => route)).toEqual(routes);
  });

  it.each([
    ['asks for the deletion of the account', { erasureRequestedAt: new Date(0) }],
    ['is erased', { discordId: 'erased:1' }],
  ])('ends when its user %s meanwhile', async (_name, set) => {
    await linked('cus_1');
    await db.update(users).set(set).where(eq(users.userId, 1));
    const usual = { [read]: nothing, [make]: { id: 'cs_new' }, [list]: sessions('new') };
    stripe.answers = { ...usual, [expireNew]: {} };
    await expect(open()).rejects.toThrow('session_expired');
    expect(stripe.calls.at(-1)?.route).toBe(expireNew);
  });

  it.each<readonly [string, StripeFault, string]>([
    ['is missing', missing, 'cus_2'],
    ['is not the reason of the fault', rejected, 'cus_1'],
  ])('tries another customer only if the first %s', async (_name, fault, last) => {
    await linked('cus_1');
    await linked('cus_2');
    await db
      .update(customers)
      .set({ createdAt: new Date(0) })
      .where(eq(customers.customerId, 'cus_2'));
    stripe.answers = { [read]: fault };
    await expect(open()).rejects.toThrow();
    const asked = stripe.calls.filter(({ route }) => route === read).map(({ params }) => params.customer);
    expect(asked.at(-1)).toBe(last);
    expect(stripe.calls.some(({ route }) => route === 'POST /v1/customers')).toBe(fault === missing);
  });

  const selling = (id: string, product: string) => ({
    line_items: listOf([{ price: null }, { price: { id, product } }]),
  });
  it.each<readonly [string, boolean, object]>([
    ['that names a user in its metadata', true, { mode: 'subscription', metadata: { discord_id: '1' } }],
    ['for one payment that names a user', false, { mode: 'payment', metadata: { discord_id: '1' } }],
    ['that names a user as its reference', true, { mode: 'subscription', client_reference_id: '1' }],
    ['for one payment with an order number', false, { mode: 'payment', client_reference_id: '4711' }],
    ['with another reference', false, { mode: 'subscription', client_reference_id: 'cart-1' }],
    ['with a listed price', true, selling('price_pro', 'prod_pro')],
    ['with an unlisted price of our product', true, selling('price_next', 'prod_pro')],
    ['with a foreign price', false, selling('price_mug', 'prod_mug')],
    ['with nothing', false, {}],
  ])('an open Checkout %s counts as ours: %s', async (_name, isOurs, more) => {
    stripe.answers = {
      [list]: listOf([session('new', more)]),
      'GET /v1/prices/price_pro': { id: 'price_pro', product: 'prod_pro' },
    };
    const found = await openCheckoutsOf(of(), 'cus_1');
    expect(found.map(({ id }) => id)).toEqual(isOurs ? ['cs_new'] : []);
    expect(stripe.calls[0]?.params).toMatchObject({ customer: 'cus_1', status: 'open', limit: '100' });
  });

  const kept = { status: 'canceled', cancelAtPeriodEnd: false, createdAt: new Date(0) };
  it.each<readonly [string, number | undefined, object, readonly number[], number | undefined]>([
    ['a user without a subscription', 7, nothing, [], 7],
    ['nobody where none are configured', undefined, nothing, [], undefined],
    ['nobody who had a subscription', 7, nothing, [1], undefined],
    ['a user beside another one who had a subscription', 7, nothing, [2], 7],
    ['nobody whose subscription only Stripe knows', 7, listOf([{ metadata: { discord_id: '1' } }]), [], undefined],
    ['a user with a foreign subscription', 7, listOf([{ metadata: {} }]), [], 7],
    ['a user whose customer is missing', 7, missing, [], 7],
  ])('gives free days to %s', async (_name, days, answer, stored, expected) => {
    await linked('cus_1');
    await linked('cus_2', 2);
    if (stored.length > 0)
      await db
        .insert(subscriptions)
        .values(stored.map((id) => ({ ...kept, subscriptionId: `sub_${id}`, customerId: `cus_${id}` })));
    stripe.answers = { [read]: answer };
    expect(await trialDaysFor(of(days), visitor)).toBe(expected);
  });

  it('gives no free days while Stripe rejects the question', async () => {
    await linked('cus_1');
    stripe.answers = { [read]: rejected };
    await expect(trialDaysFor(of(7), visitor)).rejects.toThrow('rejected');
  });
});

describe('resuming or paying a subscription', () => {
  const paused = { status: 'paused', default_payment_method: null, customer: 'cus_1' };
  const of = (more: object) => ({ invoice_settings: { default_payment_method: null }, default_source: null, ...more });
  it.each<readonly [string, object, boolean, boolean]>([
    ['is not paused', { ...paused, status: 'active' }, true, false],
    ['has a payment method', { ...paused, default_payment_method: 'pm_1' }, true, true],
    [
      'has the payment method of its customer',
      { ...paused, customer: of({ invoice_settings: { default_payment_method: 'pm_1' } }) },
      true,
      true,
    ],
    ['has the card of its customer', { ...paused, customer: of({ default_source: 'card_1' }) }, true, true],
    ['has no method', { ...paused, customer: of({}) }, false, false],
    ['has a customer that is not expanded', paused, false, false],
    [
      'has a customer that is deleted',
      { ...paused, customer: of({ deleted: true, default_source: 'card_1' }) },
      false,
      false,
    ],
  ])('that %s succeeds unless it lacks a payment method', async (_name, found, goesOn, resumes) => {
    const [read, resuming] = ['GET /v1/subscriptions/sub_1', 'POST /v1/subscriptions/sub_1/resume'];
    stripe.answers = { [read]: found, [resuming]: {} };
    expect(await resume(stripe.sdk, 'sub_1')).toBe(goesOn);
    expect(stripe.calls.map(({ route }) => route)).toEqual(resumes ? [read, resuming] : [read]);
  });
  it.each([
    [[], undefined],
    [[{ hosted_invoice_url: null }], undefined],
    [
      [{ hosted_invoice_url: null }, { hosted_invoice_url: 'https://a' }, { hosted_invoice_url: 'https://b' }],
      'https://a',
    ],
  ])('leads to the first of the open invoices %j with a page', async (data, expected) => {
    stripe.answers = { 'GET /v1/invoices': listOf(data) };
    expect(await openInvoiceUrl(stripe.sdk, 'sub_1')).toBe(expected);
    expect(stripe.calls).toEqual([
      { route: 'GET /v1/invoices', params: { subscription: 'sub_1', status: 'open', limit: '10' } },
    ]);
  });
});
