import type { Operator } from './operators.ts';

/** A mutation that no test has to notice, since nobody could: in words that the run prints. */
export interface Accepted {
  readonly path: string;
  readonly operator: Operator;
  /** The changed text and what it becomes, as the run prints them; any change of that text without `after`. */
  readonly before: string;
  readonly after?: string;
  /** A part of the line it is in, where the same change of another line would matter. */
  readonly line?: string;
  readonly reason: string;
}

export const ACCEPTED: readonly Accepted[] = [
  {
    path: 'backend/outbox/close.ts',
    operator: 'an order less',
    before: '.orderBy(asc(deliveries.userId))',
    reason: 'each user has a transaction of their own, and what was done is sorted at the end',
  },
  {
    path: 'backend/outbox/redrive.ts',
    operator: 'an order less',
    before: '.orderBy(asc(deliveries.userId))',
    reason:
      'each user has a transaction of their own, so it decides the order of the list alone; Postgres sorts few users to find the distinct ones',
  },
  {
    path: 'backend/queue/claim-delivery.ts',
    operator: 'a condition less',
    before: 'claimed.length === 0',
    after: 'false',
    reason: 'it saves a query for the users of no delivery',
  },
  {
    path: 'backend/reconciliation/reconcile.ts',
    operator: 'another boundary',
    before: '<',
    after: '<=',
    line: 'PROGRESS_EVERY',
    reason: 'it decides whether progress is logged at 5,000 subscriptions or at one page more, and nothing else',
  },
  {
    path: 'backend/reconciliation/compare-account.ts',
    operator: 'an order less',
    before: '.orderBy(asc(accountDifferences.customerId))',
    reason: 'each chunk is a transaction of its own that locks in order by itself; which comes first decides nothing',
  },
  {
    path: 'runtime/http/listener.ts',
    operator: 'a table row less',
    before:
      'maxHeaderSize: 16 * 1024, // How often Node checks the two timeouts; its default of 30 s would turn 10 s into 40 s.',
    reason: 'it is the default of Node 24 too, and stated so that another version keeps it',
  },
  {
    path: 'backend/billing/stored.ts',
    operator: 'a condition less',
    before: 'userIds.length === 0',
    after: 'false',
    reason: 'it saves a query for no users',
  },
  {
    path: 'backend/billing/stored.ts',
    operator: 'a condition less',
    before: 'gone.length > 0',
    after: 'true',
    reason: 'it saves a statement for no subscriptions',
  },
  {
    path: 'backend/billing/stored.ts',
    operator: 'another boundary',
    before: '>',
    after: '>=',
    line: 'gone.length',
    reason: 'it saves a statement for no subscriptions',
  },
  {
    path: 'backend/billing/stored.ts',
    operator: 'another boundary',
    before: '<',
    after: '<=',
    line: 'a.subscriptionId',
    reason: 'no two subscriptions have one id',
  },
  {
    path: 'backend/billing/transition.ts',
    operator: 'another boundary',
    before: '>',
    after: '>=',
    line: 'plans.rankOf',
    reason: 'two plans that differ have two ranks, unless neither is listed',
  },
  {
    path: 'backend/outbox/resync.ts',
    operator: 'a condition less',
    before: 'userIds.length === 0',
    after: 'false',
    reason: 'it saves a transaction for no users',
  },
  {
    path: 'backend/outbox/resync.ts',
    operator: 'a condition less',
    before: 'last === undefined || found.length < CHUNK',
    after: 'last === undefined',
    reason: 'it saves the query after the last users',
  },
  {
    path: 'backend/outbox/redrive.ts',
    operator: 'a condition less',
    before: "eq(deliveries.state, 'parked'),",
    after: '',
    reason: 'each user is decided about again, and without a parked delivery nothing is',
  },
  {
    path: 'backend/outbox/redrive.ts',
    operator: 'a condition less',
    before: 'chosen(which)',
    after: '',
    reason: 'each user is decided about again, by the same choice',
  },
  {
    path: 'backend/outbox/redrive.ts',
    operator: 'a condition less',
    before: 'eq(deliveries.userId, userId),',
    after: '',
    reason: 'the ids are those of one user already',
  },
  {
    path: 'backend/outbox/settle-failure.ts',
    operator: 'a constant times 1000',
    before: '5 * 60_000',
    reason: 'the eighth failure parks, and the wait before it is 128 s at most',
  },
  {
    path: 'backend/outbox/settle-roles.ts',
    operator: 'a constant times 1000',
    before: '60_000',
    reason: 'after eight raises the wait is 32 s at most',
  },
  {
    path: 'backend/outbox/deliverer.ts',
    operator: 'another boundary',
    before: '>',
    after: '>=',
    line: 'MAX_MESSAGE_AGE_MS',
    reason: 'no attempt begins in the very millisecond',
  },
  {
    path: 'backend/billing/grants.ts',
    operator: 'a constant times 1000',
    before: '500',
    reason:
      'it bounds one run, and the users beyond it wait for the next one a minute later: 501 would cost the tests seconds',
  },
  {
    path: 'bot/discord/direct-messages.ts',
    operator: 'a call less',
    before: 'signal.throwIfAborted();',
    reason:
      'the request before it carries the signal and fails with it, and a request after it would not be sent either',
  },
  {
    path: 'bot/discord/rest.ts',
    operator: 'another boundary',
    before: '>',
    after: '>=',
    reason: 'the waits of a RetryLater are whole seconds, so none lasts 1.5 s',
  },
  {
    path: 'bot/discord/role-rules.ts',
    operator: 'another boundary',
    before: '>=',
    after: '>',
    reason: 'the comparison of heights is never 0: at one position the older role is higher',
  },
  {
    path: 'bot/discord/snowflake.ts',
    operator: 'another boundary',
    before: '>',
    after: '>=',
    reason: 'the greatest id is replaced by itself, at most without its leading zeros',
  },
  {
    path: 'bot/events/event-sender.ts',
    operator: 'a call less',
    before: 'pump();',
    reason: 'in a stop: every request and every pause that ends sends the next events by itself',
  },
  {
    path: 'runtime/http/private-app.ts',
    operator: 'a condition less',
    before: 'operationId === undefined && status < 400',
    after: 'true',
    reason: 'the responses of operations and errors have the same id already: it saves writing it twice',
  },
  {
    path: 'runtime/http/private-app.ts',
    operator: 'a condition less',
    before: 'operationId === undefined && status < 400',
    after: 'operationId === undefined',
    reason: 'the responses of operations and errors have the same id already: it saves writing it twice',
  },
  {
    path: 'runtime/http/private-app.ts',
    operator: 'a condition less',
    before: 'operationId === undefined && status < 400',
    after: 'status < 400',
    reason: 'the responses of operations and errors have the same id already: it saves writing it twice',
  },
  {
    path: 'runtime/http/private-app.ts',
    operator: 'another boundary',
    before: '<',
    after: '<=',
    line: 'if (operationId === undefined && status < 400)',
    reason: 'the responses of operations and errors have the same id already: it saves writing it twice',
  },
  {
    path: 'runtime/http/request.ts',
    operator: 'a condition less',
    before: 'length !== undefined && Number(length) <= maxBytes',
    after: 'Number(length) <= maxBytes',
    reason: '`undefined` is no number, and so not below the limit',
  },
  {
    path: 'runtime/http/request.ts',
    operator: 'a condition less',
    before: "length !== undefined && Number(length) <= maxBytes && !c.req.header('transfer-encoding')",
    after: 'length !== undefined && Number(length) <= maxBytes',
    reason: 'Node rejects a request that has both a length and a transfer encoding',
  },
  {
    path: 'runtime/http/request.ts',
    operator: 'a condition less',
    before: "!c.req.header('transfer-encoding')",
    line: 'const fits =',
    reason: '`bodyLimit` comes to the same verdict: it saves making a whole `Request`',
  },
  {
    path: 'runtime/http/request.ts',
    operator: 'another boundary',
    before: '<=',
    after: '<',
    line: 'const fits =',
    reason: '`bodyLimit` comes to the same verdict: it saves making a whole `Request`',
  },
  {
    path: 'runtime/http/request.ts',
    operator: 'another comparison',
    before: '!==',
    after: '===',
    line: 'const fits =',
    reason: '`bodyLimit` comes to the same verdict: it saves making a whole `Request`',
  },
  {
    path: 'runtime/client/client.ts',
    operator: 'a condition less',
    before: '!nothingWasSent(error) || signal.aborted',
    after: '!nothingWasSent(error)',
    reason: 'an attempt with an aborted signal fails by itself, before it is sent',
  },
  {
    path: 'runtime/client/client.ts',
    operator: 'a condition less',
    before: 'value === undefined',
    after: 'false',
    reason: 'the text `undefined` can be sent everywhere, and nothing sends it',
  },
  {
    path: 'runtime/client/client.ts',
    operator: 'a condition less',
    before: 'list && Array.isArray(value)',
    after: 'Array.isArray(value)',
    reason: 'by its type a parameter of one value takes no array',
  },
  {
    path: 'runtime/client/transport.ts',
    operator: 'a condition less',
    before: 'type === undefined || /json|^text\\//i.test(String(type))',
    after: 'type === undefined',
    reason: 'text is read from bytes as well: it saves decoding it twice',
  },
  {
    path: 'runtime/client/transport.ts',
    operator: 'a condition less',
    before: 'type === undefined || /json|^text\\//i.test(String(type))',
    after: '/json|^text\\//i.test(String(type))',
    reason: 'text is read from bytes as well: it saves decoding it twice',
  },
  {
    path: 'runtime/http/listener.ts',
    operator: 'a constant times 0',
    before: '1_000',
    line: 'connectionsCheckingInterval',
    reason: 'the limits hold as well when Node checks them more often',
  },
];
