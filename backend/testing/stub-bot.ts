import { botInternal } from '@moddy/generated/bot-internal/routes';
import type { components, operations } from '@moddy/generated/bot-internal/types';
import type { ServiceContext } from '@moddy/runtime/http/implement';
import { listen } from '@moddy/runtime/http/listener';
import { privateApp } from '@moddy/runtime/http/private-app';
import { createLogger } from '@moddy/runtime/log';
import { stubHandlers } from '@moddy/runtime/testing/stub-handlers';
import { Hono } from 'hono';

type Schemas = components['schemas'];
type BotResponses = {
  notifyUser: Schemas['InternalNotifyUserResponse'];
  updateUserRole: Schemas['InternalUpdateRoleResponse'];
};

/** A call that the backend made. */
export type Call =
  | {
      readonly operation: 'notifyUser';
      readonly body: Schemas['InternalNotifyUserRequest'];
      readonly key: string;
      readonly attempt: number;
    }
  | { readonly operation: 'updateUserRole'; readonly body: Schemas['InternalUpdateRoleRequest'] };

export interface StubControl {
  /** The pages that `listRoleHolders` returns in order; a fault among them is thrown once. */
  pages: readonly (Schemas['InternalListRoleHoldersResponse'] | Error)[];
  /** Answers `addMember`, or throws. */
  addMember: (body: Schemas['InternalAddMemberRequest']) => Schemas['InternalAddMemberResponse'];
  /** Operations that this bot is too old for. */
  lacks: readonly (keyof operations)[];
  /** The answer to every call, in place of one that its document allows. */
  undocumented: Response | undefined;
  /** The checks of its health. */
  checks: readonly Schemas['HealthCheck'][];
  /** The contracts that its health names. */
  contract: Schemas['InternalHealthResponse']['contract'];
}

export type StubBot = Awaited<ReturnType<typeof startStubBot>>;

const SENT: BotResponses['notifyUser'] = {
  success: true,
  message: 'User notified successfully',
  notification_sent: true,
};
const ADDED: Schemas['InternalAddMemberResponse'] = {
  success: true,
  message: 'The user is a member',
  member_added: true,
};
const UPDATED: BotResponses['updateUserRole'] = {
  success: true,
  message: 'Roles updated successfully',
  roles_updated: true,
};

/**
 * A bot behind the real contract and the real runtime with a scripted Discord: `next` scripts the coming calls, which
 * succeed otherwise. Requests and responses are validated as in production.
 */
export async function startStubBot(secret: string, port = 0, startedAt = new Date()) {
  const calls: Call[] = [];
  const waiting = new Set<() => void>();
  const script: ((call: Call) => Promise<Partial<BotResponses>> | Partial<BotResponses>)[] = [];
  const receive = async (call: Call): Promise<Partial<BotResponses>> => {
    calls.push(call);
    for (const check of waiting) check();
    return (await script.shift()?.(call)) ?? {};
  };
  const control: StubControl = {
    pages: [],
    addMember: () => ADDED,
    lacks: [],
    undocumented: undefined,
    checks: [],
    contract: {},
  };
  const log = createLogger('silent', 'stub-bot');
  const handlers = stubHandlers<operations, ServiceContext>(botInternal, {
    getService: ({ reply }) => reply(200, { service: 'moddy-bot-internal', status: 'running' }),
    healthCheck: ({ reply }) =>
      reply(200, {
        status: 'healthy',
        service: 'discord-bot',
        started_at: startedAt.toISOString(),
        checks: [...control.checks],
        ...(control.contract && { contract: control.contract }),
      }),
    notifyUser: async ({ body, parameters, reply }) => {
      const key = parameters.header?.['Idempotency-Key'] ?? '';
      const attempt = parameters.header?.['X-Delivery-Attempt'] ?? 0;
      const answer = await receive({ operation: 'notifyUser', body, key, attempt });
      return reply(200, answer.notifyUser ?? SENT);
    },
    listRoleHolders: ({ parameters, reply }) => {
      const { pages } = control;
      const after = parameters.query?.after;
      const at = after === undefined ? 0 : pages.findIndex((page) => 'next' in page && page.next === after) + 1;
      const page = pages[at];
      if (page instanceof Error) {
        control.pages = pages.toSpliced(at, 1);
        throw page;
      }
      return reply(200, page ?? { success: true, message: 'One page of members', holders: [], next: null });
    },
    addMember: ({ body, reply }) => reply(200, control.addMember(body)),
    updateUserRole: async ({ body, reply }) => {
      const answer = await receive({ operation: 'updateUserRole', body });
      return reply(200, answer.updateUserRole ?? UPDATED);
    },
  });
  const documentFile = new URL('../../openapi/bot-internal.yaml', import.meta.url);
  const context = { log, production: false };
  const app = new Hono();
  app.use(async (c, next) => {
    const missing = control.lacks.some((id) => botInternal.operations[id].path === c.req.path);
    if (missing) return c.json({ error: 'Not found' }, 404);
    if (control.undocumented && c.req.method === 'POST') return control.undocumented.clone();
    return next();
  });
  app.route('/', privateApp({ contract: botInternal, handlers, context, documentFile, secrets: [secret] }));
  const listener = await listen(app, { port, host: '127.0.0.1' });
  return {
    url: `http://127.0.0.1:${listener.port}`,
    port: listener.port,
    calls,
    control,
    /** Scripts the next calls, in order: another answer, or a thrown `RetryLater`, `RequestError` or fault. */
    next: (...steps: typeof script) => void script.push(...steps),
    /** Resolves when that many calls have come. */
    received: (count: number) =>
      new Promise<readonly Call[]>((resolve) => {
        const check = () => {
          if (calls.length < count) return;
          waiting.delete(check);
          resolve([...calls]);
        };
        waiting.add(check);
        check();
      }),
    close: () => listener.close(),
  };
}
