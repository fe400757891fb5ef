import type { Scalar } from './json.ts';
import type { Schema } from './schema.ts';

export interface OperationModel {
  readonly id: string;
  readonly method: 'get' | 'put' | 'post' | 'delete' | 'patch';
  readonly path: string;
  readonly summary: string;
  readonly description: string;
  readonly deprecated: boolean;
  /** Undefined for an operation that is open to everybody. */
  readonly security?: Security;
  readonly parameters: readonly Shared<ParameterModel>[];
  readonly requestBody?: RequestBodyModel;
  readonly responses: readonly { readonly status: Status; readonly response: Shared<ResponseModel> }[];
}

/** `default` and `4XX` are for the client only: a server says which status it means. */
export type Status = number | 'default' | '3XX' | '4XX' | '5XX';

/** Any one of the requirements, each of them all of its schemes with their scopes. */
export type Security = readonly Readonly<Record<string, readonly string[]>>[];

export interface RequestBodyModel {
  readonly required: boolean;
  readonly media: string;
  readonly schema: Schema;
  readonly pointer: string;
}

/** Written in place, or by the name of a component. */
export type Shared<T> = { readonly component?: string; readonly value: T };

export interface ParameterModel {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly required: boolean;
  readonly schema: Schema;
  readonly default?: Scalar;
  readonly description: string;
}

export type HeaderModel = Pick<ParameterModel, 'name' | 'required' | 'schema'>;

export interface ResponseModel {
  readonly description: string;
  readonly headers: readonly HeaderModel[];
  readonly body?: BodyModel;
}

/** JSON has a schema; anything else passes as it is, `text/*` as a string. */
export type BodyModel =
  | { readonly media: string; readonly schema: Schema; readonly raw?: undefined }
  | { readonly media: string; readonly raw: 'text' | 'bytes'; readonly schema?: undefined };

export interface DocumentModel {
  readonly name: string;
  /** One of ours, in `openapi/`; false for anybody's. */
  readonly isServed: boolean;
  readonly version: string;
  readonly digest: string;
  /** In an order in which each stands after what it refers to, circles apart. */
  readonly schemas: ReadonlyMap<string, Schema>;
  readonly operations: readonly OperationModel[];
  /** Schemas that stand in place, by their pointers. */
  readonly inline: ReadonlyMap<string, Schema>;
  /** The security schemes that operations name; undefined where the only one is a bearer. */
  readonly schemes?: readonly string[];
}
