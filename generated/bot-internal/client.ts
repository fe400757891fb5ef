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
    return isOurs && error.documentedAs === status;
  }
}

export type BotClient = ReturnType<typeof createBotClient>;

export function createBotClient(options: ClientOptions) {
  const { http, call } = internalClient<paths>(options, BotClientError);
  return {
    /**
     * GET /: Which service answers here
     *
     * Open without the secret, so that a wrong address or port shows itself.
     *
     * @returns the body of 200.
     * @throws {BotClientError} for everything else; documented:
     * - 421: The request came through the public edge or for a public host; this API is private.
     * - 500: A fault of this service. The log line with the same request id says which.
     */
    getService: (options: CallOptions<operations['getService']> = {}) =>
      call<operations['getService']>(botInternal.operations.getService, options, (init) =>
        http.GET('/', { ...init }),
      ),
    /**
     * GET /internal/health: Is the bot reachable and well
     *
     * Answers 200 whatever the state; `status` tells it. Unhealthy means: connected to this process, but Discord's
     * gateway, its token or its guild is not usable at the moment; `checks` names which.
     *
     * @returns the body of 200.
     * @throws {BotClientError} for everything else; documented:
     * - 401: No secret, or not as `Bearer <secret>`.
     * - 403: The secret is not ours.
     * - 421: The request came through the public edge or for a public host; this API is private.
     * - 429: Too many failed authentications from this address. A request with the secret is never answered so.
     * - 500: A fault of this service. The log line with the same request id says which.
     */
    healthCheck: (options: CallOptions<operations['healthCheck']> = {}) =>
      call<operations['healthCheck']>(botInternal.operations.healthCheck, options, (init) =>
        http.GET('/internal/health', { ...init }),
      ),
    /**
     * POST /internal/notify: Notify a user
     *
     * Tells a Discord user by direct message what happened to their subscription (payment, upgrade, …), in their
     * language. A closed door (direct messages off, no server in common, account deleted) is a final verdict, not an error.
     *
     * @param options.parameters.header.Idempotency-Key optional; The same key with the same body is answered from memory and has no second effect; with another body it is refused with 422.
     * @param options.parameters.header.X-Delivery-Attempt optional; Which attempt at the same delivery this is. Above 1 an earlier one may have had its effect unseen.
     * @returns the body of 200.
     * @throws {BotClientError} for everything else; documented:
     * - 400: The body is not JSON. Nothing was done.
     * - 401: No secret, or not as `Bearer <secret>`.
     * - 403: The secret is not ours.
     * - 413: The body is longer than 64 KiB. Nothing was done.
     * - 415: The body is not sent as `application/json`. Nothing was done.
     * - 421: The request came through the public edge or for a public host; this API is private.
     * - 422: The request breaks this contract, or names something that does not exist. Nothing was done.
     * - 429: Too many failed authentications from this address. A request with the secret is never answered so.
     * - 500: A fault of this service. The log line with the same request id says which.
     * - 503: Not now (rate limit, Discord down, the same request still under way). Ask again after `Retry-After` seconds.
     */
    notifyUser: (body: RequestBody<operations['notifyUser']>, options: CallOptions<operations['notifyUser']> = {}) =>
      call<operations['notifyUser']>(botInternal.operations.notifyUser, options, (init) =>
        http.POST('/internal/notify', { ...init, body }),
      ),
    /**
     * POST /internal/roles/update: Update a user's Discord roles
     *
     * With both lists absent or null, the member's roles become those of `plan`: that plan's are added, every other
     * plan's removed; `free` has none. With a list, also an empty one, the lists are applied as given.
     * Administrator and moderation roles are never granted.
     *
     * @returns the body of 200.
     * @throws {BotClientError} for everything else; documented:
     * - 400: The body is not JSON. Nothing was done.
     * - 401: No secret, or not as `Bearer <secret>`.
     * - 403: The secret is not ours.
     * - 413: The body is longer than 64 KiB. Nothing was done.
     * - 415: The body is not sent as `application/json`. Nothing was done.
     * - 421: The request came through the public edge or for a public host; this API is private.
     * - 422: The request breaks this contract, or names something that does not exist. Nothing was done.
     * - 429: Too many failed authentications from this address. A request with the secret is never answered so.
     * - 500: A fault of this service. The log line with the same request id says which.
     * - 503: Not now (rate limit, Discord down, the same request still under way). Ask again after `Retry-After` seconds.
     */
    updateUserRole: (body: RequestBody<operations['updateUserRole']>, options: CallOptions<operations['updateUserRole']> = {}) =>
      call<operations['updateUserRole']>(botInternal.operations.updateUserRole, options, (init) =>
        http.POST('/internal/roles/update', { ...init, body }),
      ),
    /**
     * POST /internal/members/add: Add a user to the server
     *
     * Makes a Discord user a member of the server, with the access token that they gave with the scope `guilds.join`.
     * A user who is a member already stays one. The token is used for this call only: it is never logged or stored.
     *
     * @returns the body of 200.
     * @throws {BotClientError} for everything else; documented:
     * - 400: The body is not JSON. Nothing was done.
     * - 401: No secret, or not as `Bearer <secret>`.
     * - 403: The secret is not ours.
     * - 413: The body is longer than 64 KiB. Nothing was done.
     * - 415: The body is not sent as `application/json`. Nothing was done.
     * - 421: The request came through the public edge or for a public host; this API is private.
     * - 422: The request breaks this contract, or names something that does not exist. Nothing was done.
     * - 429: Too many failed authentications from this address. A request with the secret is never answered so.
     * - 500: A fault of this service. The log line with the same request id says which.
     * - 503: Not now (rate limit, Discord down, the same request still under way). Ask again after `Retry-After` seconds.
     */
    addMember: (body: RequestBody<operations['addMember']>, options: CallOptions<operations['addMember']> = {}) =>
      call<operations['addMember']>(botInternal.operations.addMember, options, (init) =>
        http.POST('/internal/members/add', { ...init, body }),
      ),
    /**
     * GET /internal/roles/holders: List the members who hold a plan's role
     *
     * One page of the server's members, of whom those are listed who hold a role of `PLAN_ROLES` or
     * `PLAN_ROLES_RETIRED`. Bots are left out. A page may be empty; `next` is null on the last one only.
     *
     * @param options.parameters.query.after optional; `next` of the page before; absent for the first page.
     * @returns the body of 200.
     * @throws {BotClientError} for everything else; documented:
     * - 401: No secret, or not as `Bearer <secret>`.
     * - 403: The secret is not ours.
     * - 421: The request came through the public edge or for a public host; this API is private.
     * - 422: The request breaks this contract, or names something that does not exist. Nothing was done.
     * - 429: Too many failed authentications from this address. A request with the secret is never answered so.
     * - 500: A fault of this service. The log line with the same request id says which.
     * - 503: Not now (rate limit, Discord down, the same request still under way). Ask again after `Retry-After` seconds.
     */
    listRoleHolders: (options: CallOptions<operations['listRoleHolders']> = {}) =>
      call<operations['listRoleHolders']>(botInternal.operations.listRoleHolders, options, (init) =>
        http.GET('/internal/roles/holders', { ...init }),
      ),
  };
}
