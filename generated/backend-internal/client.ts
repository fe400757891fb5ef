// Generated from openapi/backend-internal.yaml by `make generate`. Do not edit.
import { type CallOptions, ClientError, type ClientOptions, internalClient } from '@moddy/runtime/client/client';
import type { RequestBody } from '@moddy/runtime/contract';
import { backendInternal } from './routes.ts';
import type { operations, paths } from './types.ts';

export class BackendClientError extends ClientError {
  override readonly name = 'BackendClientError';
}

export type BackendClient = ReturnType<typeof createBackendClient>;

export function createBackendClient(options: ClientOptions) {
  const { http, verdict } = internalClient<paths>(options, BackendClientError);
  return {
    /** GET /: Which service answers here. Answers the body of 200; throws BackendClientError for everything else. */
    getService: (options: CallOptions<operations['getService']> = {}) =>
      verdict<operations['getService']>(backendInternal.operations.getService, options, (init) =>
        http.GET('/', { ...init }),
      ),
    /** GET /internal/health: Is the backend reachable and well. Answers the body of 200; throws BackendClientError for everything else. */
    healthCheck: (options: CallOptions<operations['healthCheck']> = {}) =>
      verdict<operations['healthCheck']>(backendInternal.operations.healthCheck, options, (init) =>
        http.GET('/internal/health', { ...init }),
      ),
    /** POST /internal/user/info: Who is this Discord user. Answers the body of 200; throws BackendClientError for everything else. */
    getUserInfo: (body: RequestBody<operations['getUserInfo']>, options: CallOptions<operations['getUserInfo']> = {}) =>
      verdict<operations['getUserInfo']>(backendInternal.operations.getUserInfo, options, (init) =>
        http.POST('/internal/user/info', { ...init, body }),
      ),
    /** POST /internal/event/notify: Something happened on Discord. Answers the body of 200; throws BackendClientError for everything else. */
    notifyEvent: (body: RequestBody<operations['notifyEvent']>, options: CallOptions<operations['notifyEvent']> = {}) =>
      verdict<operations['notifyEvent']>(backendInternal.operations.notifyEvent, options, (init) =>
        http.POST('/internal/event/notify', { ...init, body }),
      ),
  };
}
