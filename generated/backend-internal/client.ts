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
    return isOurs && error.documentedAs === status;
  }
}

export type BackendClient = ReturnType<typeof createBackendClient>;

export function createBackendClient(options: ClientOptions) {
  const { http, call } = internalClient<paths>(options, BackendClientError);
  return {
    /**
     * GET /: Which service answers here
     *
     * Open without the secret, so that a wrong address or port shows itself.
     *
     * @returns the body of 200.
     * @throws {BackendClientError} for everything else; documented:
     * - 421: The request came through the public edge or for a public host; this API is private.
     * - 500: A fault of this service. The log line with the same request id says which.
     */
    getService: (options: CallOptions<operations['getService']> = {}) =>
      call<operations['getService']>(backendInternal.operations.getService, options, (init) =>
        http.GET('/', { ...init }),
      ),
    /**
     * GET /internal/health: Is the backend reachable and well
     *
     * Answers 200 whatever the state; `status` tells it and `checks` names what is not well.
     *
     * @returns the body of 200.
     * @throws {BackendClientError} for everything else; documented:
     * - 401: No secret, or not as `Bearer <secret>`.
     * - 403: The secret is not ours.
     * - 421: The request came through the public edge or for a public host; this API is private.
     * - 429: Too many failed authentications from this address. A request with the secret is never answered so.
     * - 500: A fault of this service. The log line with the same request id says which.
     */
    healthCheck: (options: CallOptions<operations['healthCheck']> = {}) =>
      call<operations['healthCheck']>(backendInternal.operations.healthCheck, options, (init) =>
        http.GET('/internal/health', { ...init }),
      ),
    /**
     * POST /internal/user/info: Who is this Discord user
     *
     * What the database knows of a Discord user: whether they have an account on the website, their e-mail, their
     * plan. A user that does not exist is a verdict (`user_found` false), not an error.
     *
     * @returns the body of 200.
     * @throws {BackendClientError} for everything else; documented:
     * - 400: The body is not JSON. Nothing was done.
     * - 401: No secret, or not as `Bearer <secret>`.
     * - 403: The secret is not ours.
     * - 413: The body is longer than 64 KiB. Nothing was done.
     * - 415: The body is not sent as `application/json`. Nothing was done.
     * - 421: The request came through the public edge or for a public host; this API is private.
     * - 422: The request breaks this contract, or names something that does not exist. Nothing was done.
     * - 429: Too many failed authentications from this address. A request with the secret is never answered so.
     * - 500: A fault of this service. The log line with the same request id says which.
     * - 503: Not now (the database is not reachable, the same request is still under way). Ask again after `Retry-After` seconds.
     */
    getUserInfo: (body: RequestBody<operations['getUserInfo']>, options: CallOptions<operations['getUserInfo']> = {}) =>
      call<operations['getUserInfo']>(backendInternal.operations.getUserInfo, options, (init) =>
        http.POST('/internal/user/info', { ...init, body }),
      ),
    /**
     * POST /internal/event/notify: Something happened on Discord
     *
     * A member joined or left, roles changed, a command was used, a message was sent. `200` means that the event is
     * durable; what it sets in motion (a member who joins gets their roles) is stored in the same transaction.
     *
     * @param options.parameters.header.Idempotency-Key optional; The same key with the same body is answered as before and has no second effect; with another body it is refused with 422.
     * @param options.parameters.header.X-Delivery-Attempt optional; Which attempt at the same delivery this is. Above 1 an earlier one may have had its effect unseen.
     * @returns the body of 200.
     * @throws {BackendClientError} for everything else; documented:
     * - 400: The body is not JSON. Nothing was done.
     * - 401: No secret, or not as `Bearer <secret>`.
     * - 403: The secret is not ours.
     * - 413: The body is longer than 64 KiB. Nothing was done.
     * - 415: The body is not sent as `application/json`. Nothing was done.
     * - 421: The request came through the public edge or for a public host; this API is private.
     * - 422: The request breaks this contract, or names something that does not exist. Nothing was done.
     * - 429: Too many failed authentications from this address. A request with the secret is never answered so.
     * - 500: A fault of this service. The log line with the same request id says which.
     * - 503: Not now (the database is not reachable, the same request is still under way). Ask again after `Retry-After` seconds.
     */
    notifyEvent: (body: RequestBody<operations['notifyEvent']>, options: CallOptions<operations['notifyEvent']> = {}) =>
      call<operations['notifyEvent']>(backendInternal.operations.notifyEvent, options, (init) =>
        http.POST('/internal/event/notify', { ...init, body }),
      ),
  };
}
