// Generated from openapi/bot-internal.yaml by `make generate`. Do not edit.
import { type CallOptions, ClientError, type ClientOptions, type DocumentedError, internalClient } from '@moddy/runtime/client/client';
import type { ErrorStatuses, RequestBody } from '@moddy/runtime/contract';
import { botInternal } from './routes.ts';
import type { operations, paths } from './types.ts';

export class BotClientError extends ClientError {
  override readonly name = 'BotClientError';

  /** True for an error of this operation and status; `body` then has its documented type. */
  static is<Id extends keyof operations, Status extends ErrorStatuses<operations[Id]>>(
    error: unknown,
    operationId: Id,
    status: Status,
  ): error is BotClientError & DocumentedError<operations[Id], Status> {
    const isOurs = error instanceof BotClientError && error.operationId === operationId;
    return isOurs && error.status === status && error.documented;
  }
}

export type BotClient = ReturnType<typeof createBotClient>;

export function createBotClient(options: ClientOptions) {
  const { http, call } = internalClient<paths>(options, BotClientError);
  return {
    /** GET /: Which service answers here. Answers the body of 200; throws BotClientError for everything else. */
    getService: (options: CallOptions<operations['getService']> = {}) =>
      call<operations['getService']>(botInternal.operations.getService, options, (init) =>
        http.GET('/', { ...init }),
      ),
    /** GET /internal/health: Is the bot reachable and well. Answers the body of 200; throws BotClientError for everything else. */
    healthCheck: (options: CallOptions<operations['healthCheck']> = {}) =>
      call<operations['healthCheck']>(botInternal.operations.healthCheck, options, (init) =>
        http.GET('/internal/health', { ...init }),
      ),
    /** POST /internal/notify: Notify a user. Answers the body of 200; throws BotClientError for everything else. */
    notifyUser: (body: RequestBody<operations['notifyUser']>, options: CallOptions<operations['notifyUser']> = {}) =>
      call<operations['notifyUser']>(botInternal.operations.notifyUser, options, (init) =>
        http.POST('/internal/notify', { ...init, body }),
      ),
    /** POST /internal/roles/update: Update a user's Discord roles. Answers the body of 200; throws BotClientError for everything else. */
    updateUserRole: (body: RequestBody<operations['updateUserRole']>, options: CallOptions<operations['updateUserRole']> = {}) =>
      call<operations['updateUserRole']>(botInternal.operations.updateUserRole, options, (init) =>
        http.POST('/internal/roles/update', { ...init, body }),
      ),
    /** POST /internal/members/add: Add a user to the server. Answers the body of 200; throws BotClientError for everything else. */
    addMember: (body: RequestBody<operations['addMember']>, options: CallOptions<operations['addMember']> = {}) =>
      call<operations['addMember']>(botInternal.operations.addMember, options, (init) =>
        http.POST('/internal/members/add', { ...init, body }),
      ),
    /** GET /internal/roles/holders: List the members who hold a plan's role. Answers the body of 200; throws BotClientError for everything else. */
    listRoleHolders: (options: CallOptions<operations['listRoleHolders']> = {}) =>
      call<operations['listRoleHolders']>(botInternal.operations.listRoleHolders, options, (init) =>
        http.GET('/internal/roles/holders', { ...init }),
      ),
  };
}
