import type { Schema } from './schema.ts';

/** An operation of the document, understood. */
export interface OperationModel {
  readonly id: string;
  readonly method: 'get' | 'put' | 'post' | 'delete' | 'patch';
  readonly path: string;
  readonly summary: string;
  readonly secured: boolean;
  readonly parameters: readonly Shared<ParameterModel>[];
  readonly requestBody?: { readonly required: boolean; readonly schema: Schema };
  readonly responses: readonly { readonly status: number; readonly response: Shared<ResponseModel> }[];
}

/** Written in place, or by the name of a component. */
export type Shared<T> = { readonly component?: string; readonly value: T };

export interface ParameterModel {
  readonly in: 'path' | 'query' | 'header';
  readonly name: string;
  readonly required: boolean;
  readonly schema: Schema;
}

export interface HeaderModel {
  readonly name: string;
  readonly required: boolean;
  readonly schema: Schema;
}

export interface ResponseModel {
  readonly headers: readonly HeaderModel[];
  readonly body?: Schema;
}

export interface DocumentModel {
  readonly name: string;
  readonly version: string;
  readonly digest: string;
  /** In an order in which each stands after what it refers to, circles apart. */
  readonly schemas: ReadonlyMap<string, Schema>;
  readonly operations: readonly OperationModel[];
}
