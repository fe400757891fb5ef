/*
 * Every rule of docs/alerts.md fires in the incident it is made for, alone or with those that must accompany it, is silent
 * before, and ends when the incident is over. Two systems: a backend with a scripted bot, and a bot with a scripted backend.
 */

import { acknowledgeCustomer } from '@moddy/backend/billing/settle-sync';
import { eq, sql } from '@moddy/backend/database/drizzle';
import { customers, deliveries, jobs, users } from '@moddy/backend/database/schema';
import { transaction } from '@moddy/backend/database/transaction';
import { acknowledgeDelivery } from '@moddy/backend/outbox/close';
import { acknowledgeRefund } from '@moddy/backend/queue/claim-refund';
import { eventually } from '@moddy/backend/testing/eventually';
import { SECRET, startTestBackend, type TestBackend } from '@moddy/backend/testing/start-test-backend';
import { startStubBot } from '@moddy/backend/testing/stub-bot';
import { MAX_ROLE, MEMBER, OUTSIDER, startTestBot, type TestBot } from '@moddy/bot/testing/start-test-bot';
import { botInternal } from '@moddy/generated/bot-internal/routes';
import type { operations } from '@moddy/generated/bot-internal/types';
import { RequestError } from '@moddy/runtime/errors';
import type { ServiceContext } from '@moddy/runtime/http/implement';
import { listen } from '@moddy/runtime/http/listener';
import { privateApp } from '@moddy/runtime/http/private-app';
import { createLogger } from '@moddy/runtime/log';
import { stubHandlers } from '@moddy/runtime/testing/stub-handlers';
import { alterDatabase } from '@moddy/sandbox/postgres';
import { startTcpProxy, type TcpProxy } from '@moddy/sandbox/tcp-proxy';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createPrometheus, readRules } from './prometheus.ts';

interface Incident {
  readonly begin: () => unknown;
  readonly end: () => unknown;
  /** Rules that fire with it. */
  readonly also?: readonly string[];
}

const HOUR_S = 3_600;
const rules = readRules();
const cleanUps: (() => Promise<unknown>)[] = [];
const end = (cleanUp: () => Promise<unknown>) => void cleanUps.push(cleanUp);

let system: TestBackend;
let proxy: TcpProxy;
let bot: TestBot;
/** The backend that is scraped; a restart replaces it. */
let backend: TestBackend['backend'];
let botUrl = '';
let token = '';
let stub: Awaited<ReturnType<typeof startStub>>;
let prometheus: ReturnType<typeof createPrometheus>;
const orm = () => backend.database.orm;

beforeAll(async () => {
  installClocks();
  system = await startTestBackend({}, end);
  await system.backend.stop();
  const port = Number(new URL(system.databaseUrl).port);
  proxy = await startTcpProxy(port);
  end(() => proxy.close());
  await startBackend();
  bot = await startTestBot({ end, timings: { rejectedLoginRetryMs: 20 } });
  botUrl = bot.baseUrl;
  token = bot.discord.token;
  stub = await startStub();
  prometheus = createPrometheus([
    { instance: 'backend', url: () => `http://127.0.0.1:${backend.internalPort}`, secret: SECRET },
    { instance: 'bot', url: () => botUrl, secret: SECRET },
    { instance: 'stub', url: () => stub.url, secret: SECRET },
  ]);
});
afterAll(async () => {
  for (const cleanUp of cleanUps.toReversed()) await cleanUp();
});

async function startBackend(variables: Record<string, string> = {}) {
  const databaseUrl = Object.assign(new URL(system.databaseUrl), { port: String(proxy.port) }).href;
  backend = await system.startReplica({ DATABASE_URL: databaseUrl, ...variables });
  const url = `http://127.0.0.1:${backend.port}/payments/webhook`;
  system.stripe.setWebhooks(system.stripe.deliveries.endpoints.map((endpoint) => ({ ...endpoint, url })));
}
const restartBackend = async (variables: Record<string, string> = {}) => {
  await backend.stop();
  await startBackend(variables);
};

/** A service with handlers that do what ours never do. */
async function startStub() {
  let handle: () => unknown = () => undefined;
  const context = { log: createLogger('silent', 'stub'), production: true };
  const handlers = stubHandlers<operations, ServiceContext>(botInternal, {
    getService: async ({ reply }) => {
      await handle();
      return reply(200, { service: 'moddy-bot-internal', status: 'running' });
    },
    // Not of the document, as an answer cannot be by its type.
    healthCheck: ({ reply }) => reply(200, { status: 'healthy', service: 'discord-bot', checks: 'none' as never }),
  });
  const documentFile = new URL('../../openapi/bot-internal.yaml', import.meta.url);
  const app = privateApp({ contract: botInternal, handlers, context, documentFile, secrets: [SECRET] });
  const listener = await listen(app, { port: 0, host: '127.0.0.1' });
  end(() => listener.close());
  return {
    url: `http://127.0.0.1:${listener.port}`,
    onCall: (next: () => unknown) => {
      handle = next;
    },
  };
}

const authorization = `Bearer ${SECRET}`;
const times = async (count: number, act: (index: number) => unknown) => {
  for (let index = 0; index < count; index += 1) await act(index);
};
let lastId = 1_000;
const newId = () => {
  lastId += 1;
  return String(lastId);
};
const subscribe = (discordId = newId()) => system.stripe.subscribe({ discordId, price: 'price_moddy_pro_month' });
/** A payment whose message and role were sent. */
const paid = async () => {
  const discordId = newId();
  const { customer } = subscribe(discordId);
  await eventually(
    () => orm().select().from(users).where(eq(users.discordId, discordId)),
    ([user]) => user !== undefined && user.confirmedRevision === user.revision,
  );
  return { discordId, customer };
};
const acknowledgeRefunds = async () => {
  for (let id = 1; id < 20; id += 1) await acknowledgeRefund(orm(), id, { dry: false });
};
const refuseWebhooks = () =>
  times(3, async () => {
    const answer = await fetch(`http://127.0.0.1:${backend.port}/payments/webhook`, {
      method: 'POST',
      headers: { 'stripe-signature': `t=${Math.floor(Date.now() / 1_000)},v1=${'0'.repeat(64)}` },
      body: '{}',
    });
    expect(answer.status).toBe(400);
  });
const pastMs = (ms: number) => sql`now() - ${`${ms} milliseconds`}::interval`;
const addUser = async (values: Partial<typeof users.$inferInsert> = {}) => {
  const [user] = await orm()
    .insert(users)
    .values({ discordId: newId(), ...values })
    .returning();
  return user?.userId ?? 0;
};
/** Moves the clocks of this process, and so of both services; never back. That of the database stays. */
let aheadMs = 0;
const advance = (ms: number) => {
  aheadMs += ms;
  // Or the last one seems to have been long ago.
  bot.discord.requestHeartbeat();
};
const installClocks = () => {
  const [monotonic, wall] = [performance.now.bind(performance), Date.now];
  performance.now = () => monotonic() + aheadMs;
  Date.now = () => wall() + aheadMs;
  end(async () => {
    performance.now = monotonic;
    Date.now = wall;
  });
};

/** A transaction that is open until `endTransaction`. */
let endTransaction = () => {};
let openTransaction: Promise<unknown> = Promise.resolve();
const holdTransaction = async () => {
  await new Promise<void>((opened) => {
    openTransaction = transaction(orm(), async (tx) => {
      await tx.select().from(jobs).limit(1);
      opened();
      await new Promise<void>((resolve) => {
        endTransaction = resolve;
      });
    });
  });
};

async function deadlock() {
  const ids = [await addUser(), await addUser()];
  let holders = 0;
  let both = () => {};
  const holding = new Promise<void>((resolve) => {
    both = resolve;
  });
  const raise = (order: readonly number[]) =>
    transaction(orm(), async (tx) => {
      for (const userId of order) {
        await tx.update(users).set({ plan: 'free' }).where(eq(users.userId, userId));
        holders += 1;
        if (holders === 2) both();
        if (holders <= 2) await holding;
      }
    });
  await Promise.all([raise(ids), raise(ids.toReversed())]);
}

const POST_MESSAGE = { method: 'POST', path: '/users/@me/channels' } as const;
const notify = () => bot.call('POST', '/internal/notify', { discord_id: MEMBER, action: 'plan_upgraded' });
const joinAndLeave = (count: number) => {
  for (let index = 0; index < count; index += 1) {
    bot.discord.join(OUTSIDER);
    bot.discord.leave(OUTSIDER);
  }
};

const setReadOnly = () => alterDatabase(system.databaseUrl, 'set default_transaction_read_only = on');
const setWritable = () => alterDatabase(system.databaseUrl, 'reset default_transaction_read_only');

const incidents: Readonly<Record<string, Incident>> = {
  ServiceDown: {
    begin: () => {
      botUrl = 'http://127.0.0.1:1';
    },
    end: () => {
      botUrl = bot.baseUrl;
    },
  },
  ScrapeRefused: {
    begin: () => times(25, () => fetch(`${stub.url}/metrics`, { headers: { authorization: 'Bearer another-secret' } })),
    end: () => {},
  },
  BotMisconfigured: {
    begin: async () => {
      system.bot.control.lacks = ['healthCheck'];
      await backend.deliverer.breaker.suspect();
    },
    end: () => {
      system.bot.control.lacks = [];
    },
  },
  BotUnreachable: {
    begin: async () => {
      await system.bot.close();
      await backend.deliverer.breaker.suspect();
    },
    end: async () => {
      system = { ...system, bot: await startStubBot(SECRET, system.bot.port) };
      end(() => system.bot.close());
    },
  },
  DeliveriesLate: {
    begin: async () => {
      const userId = await addUser();
      await orm()
        .insert(deliveries)
        .values({ userId, kind: 'notify', createdAt: pastMs(900_000), dueAt: sql`now() + interval '1 hour'` });
    },
    end: () => orm().delete(deliveries).where(eq(deliveries.state, 'pending')),
  },
  DeliveriesParked: {
    begin: () => {
      system.bot.next(() => Promise.reject(new RequestError(422, 'No such thing')));
      subscribe();
    },
    end: async () => {
      const parked = await orm().select().from(deliveries).where(eq(deliveries.state, 'parked'));
      for (const { deliveryId } of parked) await acknowledgeDelivery(orm(), deliveryId, { dry: false });
      await orm()
        .update(users)
        .set({ confirmedRevision: sql`${users.revision}` });
    },
  },
  CustomersParked: {
    begin: () => system.stripe.subscribe({ discordId: newId(), price: 'price_moddy_pro_month', anonymous: true }),
    end: async () => {
      const parked = await orm().select().from(customers).where(eq(customers.parkedReason, 'no_discord_id'));
      for (const { customerId } of parked) await acknowledgeCustomer(orm(), customerId, { dry: false });
    },
  },
  SyncsLate: {
    begin: () =>
      orm()
        .insert(customers)
        .values({
          customerId: 'cus_late',
          livemode: false,
          wanted: 1,
          wantedAt: pastMs(900_000),
          leaseUntil: sql`now() + interval '1 hour'`,
        }),
    end: () => orm().delete(customers).where(eq(customers.customerId, 'cus_late')),
  },
  SyncsFailing: {
    begin: async () => {
      system.stripe.fail({ path: '/v1/subscriptions', effect: 'status', status: 400 });
      const { customer } = subscribe();
      await eventually(
        async () => {
          // Each attempt waits longer than the one before.
          await orm().update(customers).set({ retryAt: null }).where(eq(customers.customerId, customer));
          return orm().select().from(customers).where(eq(customers.customerId, customer));
        },
        ([row]) => (row?.failures ?? 0) >= 5,
      );
    },
    end: async () => {
      system.stripe.faults.clear();
      await orm().update(customers).set({ retryAt: null });
    },
  },
  ErasuresOverdue: {
    begin: () => addUser({ erasureRequestedAt: new Date(Date.now() - 25 * HOUR_S * 1_000) }),
    end: () => orm().update(users).set({ erasureRequestedAt: null }),
  },
  JobsStuck: {
    begin: () => orm().update(jobs).set({ alert: true }).where(eq(jobs.name, 'reconcile')),
    end: () => orm().update(jobs).set({ alert: false }),
  },
  RolesMisconfigured: {
    begin: async () => {
      system.bot.control.checks = [{ name: 'roles', status: 'unhealthy', detail: 'the role is above the bot' }];
      await backend.deliverer.breaker.suspect();
      const no = { success: false, message: 'no', roles_updated: false, reason: 'missing_permissions' as const };
      const answer = ({ operation }: { operation: string }) =>
        operation === 'updateUserRole' ? { updateUserRole: no } : {};
      system.bot.next(answer, answer);
      subscribe();
    },
    end: async () => {
      system.bot.control.checks = [];
      await backend.deliverer.breaker.suspect();
    },
  },
  PlanRolesFaulty: {
    begin: () => bot.discord.editRole(MAX_ROLE, { permissions: '8' }),
    end: () => bot.discord.editRole(MAX_ROLE, { permissions: '0' }),
  },
  WebhooksRefused: { begin: refuseWebhooks, end: paid },
  WebhooksUnavailable: {
    begin: async () => {
      await setReadOnly();
      subscribe();
    },
    end: setWritable,
    also: ['DatabaseNotWritable'],
  },
  DisputeWaiting: {
    begin: async () => {
      const { discordId } = await paid();
      system.stripe.dispute(discordId);
    },
    end: acknowledgeRefunds,
  },
  RefundWaiting: {
    begin: async () => {
      const { discordId } = await paid();
      system.stripe.refund(discordId);
    },
    end: acknowledgeRefunds,
  },
  DeliveriesPaused: {
    begin: () => restartBackend({ DELIVERIES_PAUSED: 'all' }),
    end: () => restartBackend(),
  },
  DatabaseUnavailable: { begin: () => proxy.stall(), end: () => proxy.resume() },
  DatabaseNotWritable: { begin: setReadOnly, end: setWritable },
  PoolStuck: {
    begin: async () => {
      await holdTransaction();
      advance(70_000);
    },
    end: async () => {
      endTransaction();
      await openTransaction;
    },
  },
  DeadlocksRetried: { begin: deadlock, end: () => restartBackend() },
  GatewayDown: {
    begin: () => {
      bot.discord.setGateway({ accepting: false });
      bot.discord.dropGateway();
    },
    end: () => bot.discord.setGateway({ accepting: true }),
  },
  DiscordPauses: {
    begin: async () => {
      const headers = { 'content-type': 'text/html', 'retry-after': '600' };
      bot.discord.setRestEdge({ status: 403, body: '<title>error</title>', headers });
      await notify();
    },
    end: () => {
      bot.discord.setRestEdge(undefined);
      advance(700_000);
    },
  },
  TokenRefused: {
    begin: async () => {
      bot.discord.resetToken();
      await notify();
    },
    end: () => bot.discord.resetToken(token),
  },
  EventsWaiting: {
    begin: () => {
      bot.backend.breakDown();
      joinAndLeave(260);
    },
    end: () => bot.backend.recover(),
  },
  EventsDropped: {
    begin: () => {
      bot.backend.reject();
      joinAndLeave(1);
    },
    end: () => bot.backend.recover(),
  },
  ContractSkew: {
    begin: async () => {
      system.bot.control.contract = { 'bot-internal': { version: '2.0.0', digest: '0'.repeat(64) } };
      await backend.deliverer.breaker.suspect();
      advance(700_000);
    },
    end: async () => {
      system.bot.control.contract = {};
      await backend.deliverer.breaker.suspect();
    },
  },
  UndocumentedSuccess: {
    begin: () => {
      system.bot.control.undocumented = Response.json({ accepted: true }, { status: 202 });
      subscribe();
    },
    end: async () => {
      system.bot.control.undocumented = undefined;
      await restartBackend();
    },
  },
  ContractViolated: {
    begin: () => fetch(`${stub.url}/internal/health`, { headers: { authorization } }),
    end: () => {},
  },
  Faults: {
    begin: async () => {
      bot.discord.fail({
        ...POST_MESSAGE,
        answer: { status: 400, body: { message: 'Invalid Form Body', code: 50035 } },
        times: 7,
      });
      await times(7, notify);
    },
    end: () => bot.discord.clearFaults(),
  },
  StripeFails: {
    begin: () => {
      system.stripe.fail({ path: '/v1/subscriptions', effect: 'status', status: 500 });
      for (let index = 0; index < 8; index += 1) subscribe();
    },
    end: async () => {
      system.stripe.faults.clear();
      await orm().update(customers).set({ retryAt: null });
    },
  },
  StripeSilent: {
    begin: () => {
      system.stripe.fail({ path: '/v1/subscriptions', effect: 'reset' });
      for (let index = 0; index < 8; index += 1) subscribe();
    },
    end: async () => {
      system.stripe.faults.clear();
      await orm().update(customers).set({ retryAt: null });
    },
  },
  Slow: {
    begin: async () => {
      stub.onCall(() => advance(6_000));
      await fetch(stub.url);
      await prometheus.scrape();
      await times(5, async () => {
        await fetch(stub.url);
      });
    },
    end: () => {
      stub.onCall(() => undefined);
    },
  },
};

const pendingAfter = (seconds: number, satisfies: (pending: readonly string[]) => boolean) =>
  eventually(async () => {
    await prometheus.scrape(seconds);
    return prometheus.pending();
  }, satisfies);

it('each rule has its incident', () => {
  expect(Object.keys(incidents)).toEqual(rules.map(({ alert }) => alert));
});

it.each(rules)('$alert', async ({ alert, forSeconds }) => {
  const { begin, end: endIt, also = [] } = incidents[alert] ?? expect.fail('No incident');
  await pendingAfter(30, (pending) => pending.length === 0);
  await begin();
  await pendingAfter(1, (pending) => pending.includes(alert));
  prometheus.pass(forSeconds);
  expect(prometheus.firing().toSorted()).toEqual([alert, ...also].toSorted());
  await endIt();
  await prometheus.scrape();
  // The windows of `increase` pass.
  prometheus.pass(HOUR_S);
  await pendingAfter(30, (pending) => pending.length === 0);
});
