import { backendInternal } from '@moddy/generated/backend-internal/routes';
import type { components, operations } from '@moddy/generated/backend-internal/types';
import { RequestError, RetryLater } from '@moddy/runtime/errors';
import type { ServiceContext } from '@moddy/runtime/http/implement';
import { listen } from '@moddy/runtime/http/listener';
import { privateApp } from '@moddy/runtime/http/private-app';
import { createLogger } from '@moddy/runtime/log';
import { stubHandlers } from '@moddy/runtime/testing/stub-handlers';

type Schemas = components['schemas'];

export interface ReceivedEvent {
  readonly idempotencyKey: string | undefined;
  readonly attempt: number | undefined;
  readonly body: Schemas['BotEventNotifyRequest'];
}

interface Backend extends ServiceContext {
  readonly events: ReceivedEvent[];
  readonly accounts: Map<string, Schemas['BotUserInfoResponse']>;
  /** Every call throws this, when set. */
  failure: Error | undefined;
  /** Calls for events, taken or not. */
  calls: number;
  arrived: () => void;
  /** Answers about users wait for this promise. */
  delay: Promise<void> | undefined;
}

const handlers = stubHandlers<operations, Backend>(backendInternal, {
  getService: ({ reply }) => reply(200, { service: 'website-backend-internal', status: 'running' }),
  healthCheck: ({ reply }) => reply(200, { status: 'healthy', service: 'website-backend' }),
  getUserInfo: async ({ body, context, reply }) => {
    await context.delay;
    if (context.failure) throw context.failure;
    const account = context.accounts.get(body.discord_id);
    return reply(200, account ?? { success: false, message: 'User not found', user_found: false });
  },
  notifyEvent: ({ body, parameters, context, reply }) => {
    const idempotencyKey = parameters.header?.['Idempotency-Key'];
    const attempt = parameters.header?.['X-Delivery-Attempt'];
    if (context.failure === undefined) context.events.push({ idempotencyKey, attempt, body });
    context.arrived();
    if (context.failure) throw context.failure;
    return reply(200, {
      success: true,
      message: `Event ${body.event_type} processed successfully`,
      event_received: true,
    });
  },
});

export type FakeBackend = Awaited<ReturnType<typeof startFakeBackend>>;

/** A backend that speaks the contract over real HTTP, and remembers the requests. */
export async function startFakeBackend(secret: string) {
  const log = createLogger('silent', 'fake-backend');
  const waiting = new Set<() => void>();
  const backend: Backend = {
    log,
    production: false,
    events: [],
    accounts: new Map(),
    failure: undefined,
    delay: undefined,
    calls: 0,
    arrived: () => {
      backend.calls += 1;
      for (const check of waiting) check();
    },
  };
  const documentFile = new URL('../../openapi/backend-internal.yaml', import.meta.url);
  const app = privateApp({ contract: backendInternal, handlers, context: backend, documentFile, secrets: [secret] });
  const listener = await listen(app, { port: 0, host: '127.0.0.1' });
  return {
    url: `http://127.0.0.1:${listener.port}`,
    events: backend.events,
    accounts: backend.accounts,
    calls: () => backend.calls,
    breakDown: () => {
      backend.failure = new RetryLater('The database is not reachable', 1);
    },
    reject: () => {
      backend.failure = new RequestError(422, 'Not like this');
    },
    stumble: () => {
      backend.failure = new Error('a fault of the backend');
    },
    recover: () => {
      backend.failure = undefined;
    },
    /** Answers about users wait until this is called. */
    hang: () => {
      const { promise, resolve } = Promise.withResolvers<void>();
      backend.delay = promise;
      return resolve;
    },
    /** The next call for an event, whether it was taken or not. */
    nextCall: () =>
      new Promise<void>((resolve) => {
        const check = () => {
          waiting.delete(check);
          resolve();
        };
        waiting.add(check);
      }),
    /** The first event that matches, now or later. */
    event: (matches: (event: ReceivedEvent) => boolean) =>
      new Promise<ReceivedEvent>((resolve) => {
        const check = () => {
          const found = backend.events.find(matches);
          if (found === undefined) return;
          waiting.delete(check);
          resolve(found);
        };
        waiting.add(check);
        check();
      }),
    close: () => listener.close(),
  };
}
