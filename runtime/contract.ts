import type { RouteConfig } from '@hono/zod-openapi';
import type { ZodType } from 'zod';

/**
 * The output of `make generate` for a document, as the runtime sees it. `Operations` is the `operations` type that
 * openapi-typescript made of the same document; the generated code proves that validators and types are equal.
 */
export interface Contract<Operations> {
  /** The document's file name without extension, `bot-internal`. */
  readonly name: string;
  /** `info.version` of the document. */
  readonly version: string;
  /** SHA-256 (hex) of the document's canonical form without prose. */
  readonly digest: string;
  /** The security schemes that operations name; undefined where the only one is a bearer. */
  readonly schemes?: readonly string[];
  readonly operations: { readonly [Id in keyof Operations]: Operation };
  /** The route that `createRoute` of @hono/zod-openapi made of each operation. */
  readonly routes: { readonly [Id in keyof Operations]: RouteConfig };
}

export interface Operation {
  readonly id: string;
  readonly method: 'get' | 'put' | 'post' | 'delete' | 'patch';
  /** As in the document, with `{name}` for path parameters. */
  readonly path: string;
  /** False only where the document says `security: []`. */
  readonly secured: boolean;
  /** Where there are `schemes`: any one of these has to be satisfied, each of them by all of its schemes. */
  readonly security?: readonly Readonly<Record<string, readonly string[]>>[];
  readonly parameters: readonly Parameter[];
  /** `media` is `application/json` unless stated. */
  readonly requestBody?: { readonly required: boolean; readonly media?: string; readonly schema: ZodType };
  /** By status. A status without a body has no schemas. `default` and `4XX` are for the client only. */
  readonly responses: { readonly [status: number | string]: Response };
}

export interface Parameter {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly required: boolean;
  /** True for `type: array`: the schema takes the list of texts. */
  readonly list?: true;
  /** The value that a handler gets where nothing was sent. */
  readonly default?: null | boolean | number | string;
  /** Takes the text of the wire (for `integer`, `number` and `boolean` it parses it first). */
  readonly schema: ZodType;
}

export interface Response {
  /** Takes the text of the wire, as in parameters. */
  readonly headers?: readonly Header[];
  readonly body?: {
    /** `application/json` unless stated. */
    readonly media?: string;
    /** The body that a server may send: no field that the document lacks. */
    readonly strict: ZodType;
    /** The body that a client reads: unknown fields ignored, unreadable optional ones dropped, unknown values mapped. */
    readonly tolerant: ZodType;
  };
  /** A body that is no JSON: it passes as it is, as a string or as bytes (`Uint8Array`). */
  readonly raw?: { readonly media: string; readonly as: 'text' | 'bytes' };
}

export interface Header {
  readonly name: string;
  readonly required: boolean;
  readonly schema: ZodType;
}

/** The body of a content, which has one media type. */
export type BodyOf<T> = T extends { content: infer Content } ? Content[keyof Content] : undefined;
/** The request body of an operation, `undefined` if it takes none. */
export type RequestBody<O> = O extends { requestBody: infer B }
  ? BodyOf<B>
  : O extends { requestBody?: infer B }
    ? BodyOf<B> | undefined
    : undefined;
/** The parameters of an operation by place (`header`, `path`, `query`). */
export type Parameters<O> = O extends { parameters: infer P }
  ? { [K in keyof P as P[K] extends undefined ? never : K]: P[K] }
  : never;
type ResponsesOf<O> = O extends { responses: infer R } ? R : never;
/** The documented statuses of an operation, as number literals. */
export type Statuses<O> = Extract<keyof ResponsesOf<O>, number>;
/** The body of one documented status. */
export type ResponseBody<O, Status extends keyof ResponsesOf<O>> = BodyOf<ResponsesOf<O>[Status]>;

type Named<K> = string extends K ? never : Lowercase<K & string> extends 'x-request-id' ? never : K;
type HeadersOf<T> = T extends { headers: infer Headers }
  ? { [K in keyof Headers as Named<K>]: Headers[K] }
  : Record<never, never>;
/** The documented response headers of one status, without `X-Request-Id` in any case, which the runtime sets. */
export type ResponseHeaders<O, Status extends Statuses<O>> = HeadersOf<ResponsesOf<O>[Status]>;

type SuccessOf<Status> = Status extends number ? (`${Status}` extends `2${string}` ? Status : never) : never;
/** The documented statuses that are successes. */
export type SuccessStatuses<O> = SuccessOf<Statuses<O>>;
/** The documented statuses that are not, `default` and `4XX` too. */
export type ErrorStatuses<O> = Exclude<keyof ResponsesOf<O>, SuccessStatuses<O>>;

type Answered<O, Status extends Statuses<O>> = Status extends unknown
  ? { readonly status: Status; readonly body: ResponseBody<O, Status>; readonly headers: ResponseHeaders<O, Status> }
  : never;
type IsUnion<T, Whole = T> = T extends unknown ? ([Whole] extends [T] ? false : true) : never;
/**
 * The result of a client's call: the body of the only success, or `{ status, body, headers }` where there are several or where
 * headers are documented.
 */
export type Success<O> =
  IsUnion<SuccessStatuses<O>> extends false
    ? keyof ResponseHeaders<O, SuccessStatuses<O>> extends never
      ? ResponseBody<O, SuccessStatuses<O>>
      : Answered<O, SuccessStatuses<O>>
    : Answered<O, SuccessStatuses<O>>;
