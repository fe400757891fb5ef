// Generated from openapi/backend-internal.yaml by `make generate`. Do not edit.
import { type CallOptions, ClientError, type ClientOptions, type DocumentedError, internalClient } from '@moddy/runtime/client/client';
import type { ErrorStatuses, RequestBody } from '@moddy/runtime/contract';
import { backendInternal } from './routes.ts';
import type { operations, paths } from './types.ts';

export class BackendClientError extends ClientError {
  override readonly name = 'BackendClientError';

  /** True for an error of this operation and status; `body` then has its documented type. */
  static is<Id extends keyof operations, Status extends ErrorStatuses<operations[Id]>>(
    error: unknown,
    operationId: Id,
    status: Status,
  ): error is BackendClientError & DocumentedError<operations[Id], Status> {
    const isOurs = error instanceof BackendClientError && error.operationId === operationId;
    return isOurs && error.status === status && error.documented;
  }
}

export type BackendClient = ReturnType<typeof createBackendClient>;

export function createBackendClient(options: ClientOptions) {
  const { http, call } = internalClient<paths>(options, BackendClientError);
  return {
    /** GET /: Which service answers here. Answers the body of 200; throws BackendClientError for everything else. */
    getService: (options: CallOptions<operations['getService']> = {}) =>
      call<operations['getService']>(backendInternal.operations.getService, options, (init) =>
        http.GET('/', { ...init }),
      ),
    /** GET /internal/health: Is the backend reachable and well. Answers the body of 200; throws BackendClientError for everything else. */
    healthCheck: (options: CallOptions<operations['healthCheck']> = {}) =>
      call<operations['healthCheck']>(backendInternal.operations.healthCheck, options, (init) =>
        http.GET('/internal/health', { ...init }),
      ),
    /** POST /internal/user/info: Who is this Discord user. Answers the body of 200; throws BackendClientError for everything else. */
    getUserInfo: (body: RequestBody<operations['getUserInfo']>, options: CallOptions<operations['getUserInfo']> = {}) =>
      call<operations['getUserInfo']>(backendInternal.operations.getUserInfo, options, (init) =>
        http.POST('/internal/user/info', { ...init, body }),
      ),
    /** POST /internal/event/notify: Something happened on Discord. Answers the body of 200; throws BackendClientError for everything else. */
    notifyEvent: (body: RequestBody<operations['notifyEvent']>, options: CallOptions<operations['notifyEvent']> = {}) =>
      call<operations['notifyEvent']>(backendInternal.operations.notifyEvent, options, (init) =>
        http.POST('/internal/event/notify', { ...init, body }),
      ),
  };
}
