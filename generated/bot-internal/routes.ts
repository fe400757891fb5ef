// Generated from openapi/bot-internal.yaml by `make generate`. Do not edit.
import { createRoute, z } from '@hono/zod-openapi';
import type { Contract } from '@moddy/runtime/contract';
import type { Holds, SameOperation } from '@moddy/runtime/proof';
import { routeConfig } from '@moddy/runtime/http/route-config';
import { integer, numberText } from '@moddy/runtime/schema';
import * as schemas from './schemas.ts';
import type { operations } from './types.ts';

const MisdirectedRequestResponse = {
  headers: [{ name: 'X-Request-Id', required: true, schema: z.string() }],
  body: { strict: schemas.ErrorResponseStrict, tolerant: schemas.ErrorResponseTolerant },
} as const;

const InternalErrorResponse = {
  headers: [{ name: 'X-Request-Id', required: true, schema: z.string() }],
  body: { strict: schemas.ErrorResponseStrict, tolerant: schemas.ErrorResponseTolerant },
} as const;

const UnauthorizedResponse = {
  headers: [{ name: 'X-Request-Id', required: true, schema: z.string() }],
  body: { strict: schemas.ErrorResponseStrict, tolerant: schemas.ErrorResponseTolerant },
} as const;

const ForbiddenResponse = {
  headers: [{ name: 'X-Request-Id', required: true, schema: z.string() }],
  body: { strict: schemas.ErrorResponseStrict, tolerant: schemas.ErrorResponseTolerant },
} as const;

const TooManyRequestsResponse = {
  headers: [
    { name: 'X-Request-Id', required: true, schema: z.string() },
    { name: 'Retry-After', required: true, schema: numberText(integer().gte(1)) },
  ],
  body: { strict: schemas.ErrorResponseStrict, tolerant: schemas.ErrorResponseTolerant },
} as const;

const IdempotencyKeyParameter = {
  in: 'header',
  name: 'Idempotency-Key',
  required: false,
  schema: z.string().min(1).max(200),
} as const;

const DeliveryAttemptParameter = {
  in: 'header',
  name: 'X-Delivery-Attempt',
  required: false,
  schema: numberText(integer().gte(1).lte(1000000)),
} as const;

const BadRequestResponse = {
  headers: [{ name: 'X-Request-Id', required: true, schema: z.string() }],
  body: { strict: schemas.ErrorResponseStrict, tolerant: schemas.ErrorResponseTolerant },
} as const;

const ContentTooLargeResponse = {
  headers: [{ name: 'X-Request-Id', required: true, schema: z.string() }],
  body: { strict: schemas.ErrorResponseStrict, tolerant: schemas.ErrorResponseTolerant },
} as const;

const UnsupportedMediaTypeResponse = {
  headers: [{ name: 'X-Request-Id', required: true, schema: z.string() }],
  body: { strict: schemas.ErrorResponseStrict, tolerant: schemas.ErrorResponseTolerant },
} as const;

const UnprocessableContentResponse = {
  headers: [{ name: 'X-Request-Id', required: true, schema: z.string() }],
  body: { strict: schemas.ErrorResponseStrict, tolerant: schemas.ErrorResponseTolerant },
} as const;

const ServiceUnavailableResponse = {
  headers: [
    { name: 'X-Request-Id', required: true, schema: z.string() },
    { name: 'Retry-After', required: true, schema: numberText(integer().gte(1)) },
  ],
  body: { strict: schemas.ErrorResponseStrict, tolerant: schemas.ErrorResponseTolerant },
} as const;

const table = {
  name: 'bot-internal',
  version: '1.1.0',
  digest: 'aab62c7860616c01aec94c56c41aa2341aad446560b49c79645c2126b87b27ca',
  operations: {
    /** Which service answers here */
    getService: {
      id: 'getService',
      method: 'get',
      path: '/',
      secured: false,
      parameters: [],
      responses: {
        200: {
          headers: [{ name: 'X-Request-Id', required: true, schema: z.string() }],
          body: { strict: schemas.ServiceResponseStrict, tolerant: schemas.ServiceResponse },
        },
        421: MisdirectedRequestResponse,
        500: InternalErrorResponse,
      },
    },
    /** Is the bot reachable and well */
    healthCheck: {
      id: 'healthCheck',
      method: 'get',
      path: '/internal/health',
      secured: true,
      parameters: [],
      responses: {
        200: {
          headers: [{ name: 'X-Request-Id', required: true, schema: z.string() }],
          body: {
            strict: schemas.InternalHealthResponseStrict,
            tolerant: schemas.InternalHealthResponseTolerant,
          },
        },
        401: UnauthorizedResponse,
        403: ForbiddenResponse,
        421: MisdirectedRequestResponse,
        429: TooManyRequestsResponse,
        500: InternalErrorResponse,
      },
    },
    /** Notify a user */
    notifyUser: {
      id: 'notifyUser',
      method: 'post',
      path: '/internal/notify',
      secured: true,
      parameters: [IdempotencyKeyParameter, DeliveryAttemptParameter],
      requestBody: { required: true, schema: schemas.InternalNotifyUserRequest },
      responses: {
        200: {
          headers: [{ name: 'X-Request-Id', required: true, schema: z.string() }],
          body: {
            strict: schemas.InternalNotifyUserResponseStrict,
            tolerant: schemas.InternalNotifyUserResponseTolerant,
          },
        },
        400: BadRequestResponse,
        401: UnauthorizedResponse,
        403: ForbiddenResponse,
        413: ContentTooLargeResponse,
        415: UnsupportedMediaTypeResponse,
        421: MisdirectedRequestResponse,
        422: UnprocessableContentResponse,
        429: TooManyRequestsResponse,
        500: InternalErrorResponse,
        503: ServiceUnavailableResponse,
      },
    },
    /** Update a user's Discord roles */
    updateUserRole: {
      id: 'updateUserRole',
      method: 'post',
      path: '/internal/roles/update',
      secured: true,
      parameters: [],
      requestBody: { required: true, schema: schemas.InternalUpdateRoleRequest },
      responses: {
        200: {
          headers: [{ name: 'X-Request-Id', required: true, schema: z.string() }],
          body: {
            strict: schemas.InternalUpdateRoleResponseStrict,
            tolerant: schemas.InternalUpdateRoleResponseTolerant,
          },
        },
        400: BadRequestResponse,
        401: UnauthorizedResponse,
        403: ForbiddenResponse,
        413: ContentTooLargeResponse,
        415: UnsupportedMediaTypeResponse,
        421: MisdirectedRequestResponse,
        422: UnprocessableContentResponse,
        429: TooManyRequestsResponse,
        500: InternalErrorResponse,
        503: ServiceUnavailableResponse,
      },
    },
    /** Add a user to the server */
    addMember: {
      id: 'addMember',
      method: 'post',
      path: '/internal/members/add',
      secured: true,
      parameters: [],
      requestBody: { required: true, schema: schemas.InternalAddMemberRequest },
      responses: {
        200: {
          headers: [{ name: 'X-Request-Id', required: true, schema: z.string() }],
          body: {
            strict: schemas.InternalAddMemberResponseStrict,
            tolerant: schemas.InternalAddMemberResponseTolerant,
          },
        },
        400: BadRequestResponse,
        401: UnauthorizedResponse,
        403: ForbiddenResponse,
        413: ContentTooLargeResponse,
        415: UnsupportedMediaTypeResponse,
        421: MisdirectedRequestResponse,
        422: UnprocessableContentResponse,
        429: TooManyRequestsResponse,
        500: InternalErrorResponse,
        503: ServiceUnavailableResponse,
      },
    },
    /** List the members who hold a plan's role */
    listRoleHolders: {
      id: 'listRoleHolders',
      method: 'get',
      path: '/internal/roles/holders',
      secured: true,
      parameters: [{ in: 'query', name: 'after', required: false, schema: schemas.DiscordId }],
      responses: {
        200: {
          headers: [{ name: 'X-Request-Id', required: true, schema: z.string() }],
          body: {
            strict: schemas.InternalListRoleHoldersResponseStrict,
            tolerant: schemas.InternalListRoleHoldersResponseTolerant,
          },
        },
        401: UnauthorizedResponse,
        403: ForbiddenResponse,
        421: MisdirectedRequestResponse,
        422: UnprocessableContentResponse,
        429: TooManyRequestsResponse,
        500: InternalErrorResponse,
        503: ServiceUnavailableResponse,
      },
    },
  },
} as const satisfies Omit<Contract<operations>, 'routes'>;

/** The document as the runtime serves it and the client reads it. */
export const botInternal = {
  ...table,
  routes: {
    getService: createRoute(routeConfig(table.operations.getService)),
    healthCheck: createRoute(routeConfig(table.operations.healthCheck)),
    notifyUser: createRoute(routeConfig(table.operations.notifyUser)),
    updateUserRole: createRoute(routeConfig(table.operations.updateUserRole)),
    addMember: createRoute(routeConfig(table.operations.addMember)),
    listRoleHolders: createRoute(routeConfig(table.operations.listRoleHolders)),
  },
} as const satisfies Contract<operations>;

/** Does not compile where parameters, bodies or statuses of an operation differ from their types. */
export type Proof = {
  getService: Holds<SameOperation<operations['getService'], (typeof botInternal)['operations']['getService']>>;
  healthCheck: Holds<SameOperation<operations['healthCheck'], (typeof botInternal)['operations']['healthCheck']>>;
  notifyUser: Holds<SameOperation<operations['notifyUser'], (typeof botInternal)['operations']['notifyUser']>>;
  updateUserRole: Holds<SameOperation<operations['updateUserRole'], (typeof botInternal)['operations']['updateUserRole']>>;
  addMember: Holds<SameOperation<operations['addMember'], (typeof botInternal)['operations']['addMember']>>;
  listRoleHolders: Holds<SameOperation<operations['listRoleHolders'], (typeof botInternal)['operations']['listRoleHolders']>>;
};
