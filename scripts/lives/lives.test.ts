/*
 * Random lives of subscribers in one Stripe account: one to three subscriptions each, ours and foreign, to which everything
 * happens that happens at Stripe, while events arrive in any order, repeated, late or never. The lives go in step, so that
 * one service and one clock serve them all. After each step the messages must be the differences that the oracle names, and
 * what the service ended must be what the oracle ends; at rest the entitlement must be the oracle's.
 */

import type { Queryable } from '@moddy/backend/database/database';
import { asc, eq, gt, inArray, lte, or, sql } from '@moddy/backend/database/drizzle';
import { customers, deliveries, reversals, subscriptions, users } from '@moddy/backend/database/schema';
import { createPlans } from '@moddy/backend/plans';
import { runComparison } from '@moddy/backend/reconciliation/reconcile';
import { eventually } from '@moddy/backend/testing/eventually';
import { operatorDeps } from '@moddy/backend/testing/operator-deps';
import { startTestBackend, type TestBackend, WEBHOOK_SECRET } from '@moddy/backend/testing/start-test-backend';
import type { RecordedEvent } from '@moddy/sandbox/stripe/ledger';
import { expect, it } from 'vitest';
import {
  addCatalogue,
  Chance,
  createLife,
  happen,
  type Life,
  MAX,
  MAX_NEXT,
  MAX_YEAR,
  PRO,
  PRO_OLD,
  viewOf,
} from './happenings.ts';
import {
  type Entitled,
  ends,
  entitled,
  type Memory,
  type MoneyBack,
  messages,
  NOTHING,
  type PriceList,
  remember,
  reminder,
  whose,
} from './oracle.ts';

const LIVES = Number(process.env.LIVES ?? 200);
// Fixed, so that a change of ours is what turns it red; `make faults` takes another seed each time.
const SEED = Number(process.env.LIVES_SEED ?? 7);
const ROUNDS = 4;
const GRACE_DAYS = 7;
const HOUR_MS = 3_600_000;
/** No sum of few of them comes near a grace, a trial or a month: real time passes meanwhile. */
const PAUSES_H = [0, 30, 75, 200, 745] as const;
/** Sent so many at once. */
const AT_ONCE = 40;

const LIST_BEFORE = { moddy_pro: [PRO, PRO_OLD], moddy_max: [MAX, MAX_YEAR] };
const LIST_AFTER = { moddy_pro: [PRO], moddy_max: [MAX, MAX_YEAR, MAX_NEXT] };

const MONEY = ['charge.refunded', 'charge.dispute.funds_withdrawn'];
const TOLD = [
  ...MONEY,
  'checkout.session.completed',
  'invoice.paid',
  'invoice.payment_failed',
  'invoice.payment_action_required',
];

interface Known {
  readonly life: Life;
  /** By customer, as the oracle thinks that they were stored last. */
  readonly held: Map<string, readonly Memory[]>;
  state: Entitled;
  /** The charge that the last reminder was about. */
  reminded: number | null;
}

it(`${LIVES} random lives end as the oracle says`, { timeout: 15 * 60_000 }, async () => {
  console.log(`seed ${SEED}: LIVES_SEED=${SEED} LIVES=${LIVES} repeats this run`);
  const chance = new Chance(SEED);
  const system = await startTestBackend({
    PAST_DUE_GRACE_DAYS: String(GRACE_DAYS),
    REFUND_POLICY: 'cancel',
    PLAN_PRICES: JSON.stringify(LIST_BEFORE),
  });
  const run = createRun(system, chance);
  for (let round = 0; round < ROUNDS; round += 1) {
    for (let slot = 0; slot < 3; slot += 1) {
      for (const { life } of run.known) if (chance.next() < 0.75) happen(system.stripe, life, chance);
      // Two subscriptions of one second would be equal in everything.
      system.stripe.advance(1_000);
    }
    if (round > 0) system.stripe.advance(chance.of(PAUSES_H) * HOUR_MS);
    await run.step(round === ROUNDS - 1);
    if (round === 1) await run.relist(LIST_AFTER);
  }
  await run.rest();
  console.log(run.summary());
});

function createRun(system: TestBackend, chance: Chance) {
  const { stripe } = system;
  const { ledger } = stripe.books.named('test');
  let { backend } = system;
  let [endpoint] = stripe.deliveries.endpoints;
  let list: PriceList = listOf(LIST_BEFORE);
  stripe.setWebhooks([]);
  addCatalogue(ledger);
  const known: Known[] = Array.from({ length: LIVES }, (_, at) => ({
    life: createLife(ledger, String(800_000 + at)),
    held: new Map(),
    state: NOTHING,
    reminded: null,
  }));
  const lifeOf = (customerId: string) => known.find(({ life }) => life.customerIds.includes(customerId));
  const now = () => stripe.nowMs() / 1000;
  const orm = (): Queryable => backend.database.orm;
  const subscriptionsOf = (customerId: string) =>
    ledger.subscriptions.filter(({ customer }) => customer === customerId).map(viewOf);
  const isNamed = (customerId: string) =>
    ledger.customers.get(customerId)?.metadata.discord_id !== undefined ||
    subscriptionsOf(customerId).some(({ named }) => named);
  const counts = { events: 0, messages: 0, ended: 0, syncs: 0 };

  let seenEvents = ledger.events.size;
  let lastDelivery = 0;
  let late: RecordedEvent[] = [];
  let money: RecordedEvent[] = [];
  const followed = new Set<string>();
  /** Subscriptions that the service ended, whole or our part, since they were last checked. */
  let cancelled: string[] = [];
  stripe.onChange((change) => {
    if (change.kind !== 'request') return;
    const { method, path, params } = change.request;
    const endsOurs = JSON.stringify(params ?? null).includes('moddy_ended');
    if (method === 'DELETE' || endsOurs) cancelled.push(path.split('/').at(-1) ?? '');
  });

  /** Everything that was sent has been acted on, also what followed from that. */
  const settled = async (): Promise<void> => {
    for (;;) {
      await stripe.deliveries.idle();
      const before = ledger.events.size;
      await eventually(
        async () =>
          (await orm().$count(
            customers,
            or(sql`${customers.wanted} > ${customers.done}`, lte(customers.nextCheckAt, sql`now()`)),
          )) + (await orm().$count(reversals, eq(reversals.state, 'pending'))),
        (waiting) => waiting === 0,
        120_000,
      );
      await stripe.deliveries.idle();
      if (
        ledger.events.size === before &&
        (await orm().$count(customers, sql`${customers.wanted} > ${customers.done}`)) === 0
      )
        return;
    }
  };
  const send = async (events: readonly RecordedEvent[]): Promise<void> => {
    counts.events += events.length;
    stripe.setWebhooks(endpoint ? [endpoint] : []);
    for (let at = 0; at < events.length; at += AT_ONCE) {
      for (const { id } of events.slice(at, at + AT_ONCE)) stripe.resend(id);
      await stripe.deliveries.idle();
    }
    await settled();
    stripe.setWebhooks([]);
  };
  const doneOf = async () =>
    new Map((await orm().select().from(customers)).map(({ customerId, done }) => [customerId, done]));

  /** Syncs of these customers, in this order: the rows stored then, and the roles and messages that follow. */
  const imagine = ({ held, state, reminded }: Known, order: readonly string[]) => {
    const stored = new Map(held);
    const said: string[] = [];
    let at = state;
    let charged = reminded;
    for (const customerId of order) {
      // Nothing says whose it is: parked for an operator.
      if (!stored.has(customerId) && !isNamed(customerId)) continue;
      const before = new Map((stored.get(customerId) ?? []).map((memory) => [memory.id, memory]));
      stored.set(
        customerId,
        subscriptionsOf(customerId).flatMap((seen) => remember(seen, before.get(seen.id), list, now()) ?? []),
      );
      const next = entitled(repriced(stored, customerId), at, { list, graceSeconds: GRACE_DAYS * 86_400, now: now() });
      said.push(...messages(at, next, list));
      const source =
        next.plan === 'free' ? undefined : [...stored.values()].flat().find(({ id }) => id === next.source);
      const soon = reminder(source, charged, now());
      if (soon !== null) said.push(`subscription_updated ${soon.change} ${next.plan}`);
      charged = soon?.charged ?? charged;
      at = next;
    }
    return { stored, said, state: at, reminded: charged };
  };
  /** The subscriptions of other customers have the plan that their price means today. */
  const repriced = (stored: ReadonlyMap<string, readonly Memory[]>, own: string) =>
    [...stored].flatMap(([customerId, memories]) =>
      memories.map((memory) => {
        const plan = list.plans.find(([, prices]) => prices.includes(memory.price))?.[0] ?? memory.plan;
        return customerId === own ? memory : { ...memory, plan };
      }),
    );

  /** Does something and compares what followed from it with what the oracle says. */
  const watched = async (work: () => Promise<void>): Promise<void> => {
    const before = await doneOf();
    await work();
    const after = await doneOf();
    const synced = [...after].filter(([id, done]) => done > (before.get(id) ?? 0)).map(([id]) => id);
    counts.syncs += synced.length;
    const sent = await orm()
      .select({
        deliveryId: deliveries.deliveryId,
        discordId: users.discordId,
        kind: deliveries.kind,
        message: deliveries.message,
      })
      .from(deliveries)
      .innerJoin(users, eq(users.userId, deliveries.userId))
      .where(gt(deliveries.deliveryId, lastDelivery))
      .orderBy(asc(deliveries.deliveryId));
    lastDelivery = sent.at(-1)?.deliveryId ?? lastDelivery;
    const saidTo = Map.groupBy(
      sent.filter(({ kind }) => kind === 'notify'),
      ({ discordId }) => discordId,
    );
    for (const each of known) {
      const { life } = each;
      const own = life.customerIds.filter((id) => synced.includes(id));
      const said = (saidTo.get(life.discordId) ?? []).map(
        ({ message }) => `${message?.action} ${message?.change ?? '-'} ${message?.plan}`,
      );
      counts.messages += said.length;
      const [first, ...others] = [own, own.toReversed()].map((order) => imagine(each, order));
      const right = [first, ...others].find((imagined) => String(imagined?.said) === String(said)) ?? first;
      expect(said, explain(each)).toEqual(right?.said);
      for (const [customerId, memories] of right?.stored ?? []) each.held.set(customerId, memories);
      each.state = right?.state ?? each.state;
      each.reminded = right?.reminded ?? each.reminded;
      if (own.length > 0) life.log.push(`– synced ${own.join(', ')}: ${JSON.stringify(each.state)}`);
    }
  };
  const explain = ({ life, state }: Known) =>
    `seed ${SEED}, user ${life.discordId}, ${JSON.stringify(state)}\n${life.log.join('\n')}`;

  /** Money events of as many lives; which subscriptions then end is the oracle's to say. */
  const followMoney = async (): Promise<void> => {
    const busy = new Set<Known>();
    const chosen = money.filter((event) => {
      const life = lifeOf(customerOf(event));
      if (life === undefined || busy.has(life)) return false;
      busy.add(life);
      return true;
    });
    money = money.filter((event) => !chosen.includes(event));
    const expected = chosen.flatMap((event) => {
      const found = moneyOf(event);
      if (found === undefined || followed.has(event.id)) return [];
      followed.add(event.id);
      const seen = viewOf(ledger.need(ledger.subscriptions, found.subscriptionId));
      const memory = [...(lifeOf(customerOf(event))?.held.values() ?? [])].flat().find(({ id }) => id === seen.id);
      lifeOf(customerOf(event))?.life.log.push(`– ${event.type} of ${seen.id}`);
      return ends(found.money, seen, memory?.plan ?? null, list, now()) ? [seen.id] : [];
    });
    await watched(() => send(chosen));
    expect(cancelled.toSorted(), `seed ${SEED}`).toEqual(expected.toSorted());
    counts.ended += cancelled.length;
    cancelled = [];
  };
  const moneyOf = (
    event: RecordedEvent,
  ): { readonly subscriptionId: string; readonly money: MoneyBack } | undefined => {
    const { object } = JSON.parse(event.payload).data;
    const charge = ledger.need(ledger.charges, object.object === 'charge' ? object.id : object.charge);
    const [payment] = ledger.invoicePayments.filter(
      ({ payment: { payment_intent: id } }) => id === charge.payment_intent,
    );
    const invoice = ledger.need(ledger.invoices, String(payment?.invoice));
    const kind = event.type === 'charge.refunded' ? 'refund' : 'dispute';
    if (kind === 'refund' && !object.refunded) return undefined;
    return {
      subscriptionId: String(invoice.parent?.subscription_details?.subscription),
      money: {
        kind,
        amount: kind === 'refund' ? object.amount_refunded : object.amount,
        paid: invoice.amount_paid,
        lines: invoice.lines.data.map(({ amount, period, parent, pricing }) => ({
          price: String(pricing?.price_details?.price),
          product: String(pricing?.price_details?.product),
          amount,
          proration: parent?.subscription_item_details?.proration ?? false,
          start: period.start,
          end: period.end,
        })),
      },
    };
  };
  const customerOf = ({ payload }: RecordedEvent): string => {
    const { object } = JSON.parse(payload).data;
    return object.customer ?? ledger.charges.get(object.charge)?.customer ?? '';
  };

  return {
    known,
    /** Sends a random part of what happened since; at last all of it that is not lost. */
    step: async (last: boolean): Promise<void> => {
      const fresh = ledger.events
        .values()
        .slice(seenEvents)
        .filter(({ type }) => TOLD.includes(type) || type.startsWith('customer.subscription.'));
      seenEvents = ledger.events.size;
      const waiting = [...late, ...fresh];
      late = [];
      const now: RecordedEvent[] = [];
      for (const event of waiting) {
        const dice = chance.next();
        const isMoney = MONEY.includes(event.type);
        if (dice < 0.08) continue;
        if (dice < 0.25 && !last) late.push(event);
        else if (isMoney) money.push(event);
        else now.push(event, ...(dice > 0.9 ? [event] : []));
      }
      for (const { life } of known) life.refunded = false;
      await watched(async () => {
        // The database's clock is not moved: customers that are due by the service's clock become due.
        await orm()
          .update(customers)
          .set({ nextCheckAt: sql`now()` })
          .where(lte(customers.nextCheckAt, new Date(stripe.nowMs())));
        await send(chance.shuffled(now));
      });
      do await followMoney();
      while (last && money.length > 0);
      seenEvents = ledger.events.size;
    },
    /** The service starts again with another price list. */
    relist: async (prices: Readonly<Record<string, readonly string[]>>): Promise<void> => {
      await watched(async () => {
        await backend.stop();
        list = listOf(prices);
        backend = await system.startReplica({ PLAN_PRICES: JSON.stringify(prices) });
        endpoint = { url: `http://127.0.0.1:${backend.port}/payments/webhook`, secret: WEBHOOK_SECRET };
        await settled();
      });
    },
    /** The comparison finds every lost event; then everything is as the oracle says. */
    rest: async (): Promise<void> => {
      await watched(async () => {
        // Stripe's clock is weeks ahead of the database's: a comparison judges what existed by the database's clock when it began.
        await orm().update(subscriptions).set({ createdAt: sql`least(created_at, now() - interval '1 second')` });
        const deps = operatorDeps(system);
        const rules = { plans: createPlans(new Map(list.plans)), pastDueGraceMs: GRACE_DAYS * 24 * HOUR_MS };
        const at = () => new Date(stripe.nowMs());
        await runComparison({ ...deps, db: backend.database.orm, rules, now: at }, 'reconcile', {
          dry: false,
          force: true,
          everyMs: HOUR_MS,
        });
        await settled();
      });
      const rows = new Map((await orm().select().from(users)).map((user) => [user.discordId, user]));
      for (const each of known) {
        // Compares with Stripe's state now, even if no event made the service sync.
        const all = imagine({ ...each, state: each.state }, each.life.customerIds);
        const user = rows.get(each.life.discordId);
        const { plan, late: paymentLate, cancels, every } = all.state;
        expect(
          {
            plan: user?.plan ?? 'free',
            paymentLate: user?.paymentLate ?? false,
            cancels: user?.cancelsAtPeriodEnd ?? false,
            every: user?.interval ?? null,
          },
          explain(each),
        ).toEqual({ plan, paymentLate, cancels, every });
      }
      const wereOurs = new Set(known.flatMap(({ held }) => [...held.values()].flat()).map(({ id }) => id));
      const foreign = ledger.subscriptions
        .values()
        .map(viewOf)
        .filter((seen) => whose(seen, null, list) === null && !wereOurs.has(seen.id))
        .map(({ id }) => id);
      const stored =
        foreign.length === 0
          ? []
          : await orm().select().from(subscriptions).where(inArray(subscriptions.subscriptionId, foreign));
      expect(stored).toEqual([]);
    },
    summary: () =>
      `${LIVES} lives, ${ledger.subscriptions.size} subscriptions, ${counts.events} events sent, ${counts.syncs} syncs, ` +
      `${counts.messages} messages, ${counts.ended} subscriptions ended by the service`,
  };
}

const listOf = (prices: Readonly<Record<string, readonly string[]>>): PriceList => ({
  plans: Object.entries(prices),
  productOf: (id) => (id.startsWith('price_moddy_max') ? 'prod_moddy_max' : 'prod_moddy_pro'),
});
