// Generated from openapi/backend-internal.yaml by `make generate`. Do not edit.
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

const table = {
  name: 'backend-internal',
  version: '1.1.0',
  digest: 'b1b5d8bb7abfc8fad363c92225316a5551b0185f1734d5b54169b41a8d6888d0',
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
    /** Is the backend reachable and well */
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
    /** Who is this Discord user */
    getUserInfo: {
      id: 'getUserInfo',
      method: 'post',
      path: '/internal/user/info',
      secured: true,
      parameters: [],
      requestBody: { required: true, schema: schemas.BotUserInfoRequest },
      responses: {
        200: {
          headers: [{ name: 'X-Request-Id', required: true, schema: z.string() }],
          body: { strict: schemas.BotUserInfoResponseStrict, tolerant: schemas.BotUserInfoResponseTolerant },
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
    /** Something happened on Discord */
    notifyEvent: {
      id: 'notifyEvent',
      method: 'post',
      path: '/internal/event/notify',
      secured: true,
      parameters: [IdempotencyKeyParameter, DeliveryAttemptParameter],
      requestBody: { required: true, schema: schemas.BotEventNotifyRequest },
      responses: {
        200: {
          headers: [{ name: 'X-Request-Id', required: true, schema: z.string() }],
          body: { strict: schemas.BotEventNotifyResponseStrict, tolerant: schemas.BotEventNotifyResponse },
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
  },
} as const satisfies Omit<Contract<operations>, 'routes'>;

/** The document as the runtime serves it and the client reads it. */
export const backendInternal = {
  ...table,
  routes: {
    getService: createRoute(routeConfig(table.operations.getService)),
    healthCheck: createRoute(routeConfig(table.operations.healthCheck)),
    getUserInfo: createRoute(routeConfig(table.operations.getUserInfo)),
    notifyEvent: createRoute(routeConfig(table.operations.notifyEvent)),
  },
} as const satisfies Contract<operations>;

/** Does not compile where parameters, bodies or statuses of an operation differ from their types. */
export type Proof = {
  getService: Holds<SameOperation<operations['getService'], (typeof backendInternal)['operations']['getService']>>;
  healthCheck: Holds<SameOperation<operations['healthCheck'], (typeof backendInternal)['operations']['healthCheck']>>;
  getUserInfo: Holds<SameOperation<operations['getUserInfo'], (typeof backendInternal)['operations']['getUserInfo']>>;
  notifyEvent: Holds<SameOperation<operations['notifyEvent'], (typeof backendInternal)['operations']['notifyEvent']>>;
};
