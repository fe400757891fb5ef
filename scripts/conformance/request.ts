import type { Json, JsonObject } from '../compiler/json.ts';
import type { OperationText } from './document.ts';
import type { Flaw, Judge } from './judge.ts';
import type { Known } from './values.ts';

/** The expected response: an answer to a good request, or exactly this error. */
export type Expected =
  | { readonly kind: 'answer' }
  | {
      readonly kind: 'refusal';
      readonly statuses: readonly number[];
      /** The places that its details may name. */
      readonly at?: readonly Flaw[];
      /** The methods that its `Allow` lists. */
      readonly allow?: readonly string[];
    };

export interface Request {
  /** The change that was made to it, in plain words. */
  readonly what: string;
  readonly operation: OperationText | undefined;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
  /** Without Content-Length, in two pieces. */
  readonly chunked?: boolean;
  /** The body as JSON, where it is. */
  readonly json?: Json;
  readonly expected: Expected;
}

export interface Target {
  readonly document: JsonObject;
  readonly judge: Judge;
  /** All of the document: which of them a path meets depends on the others. */
  readonly operations: readonly OperationText[];
  /** Only these are called, by operationId; all of them where it is missing. */
  readonly called?: ReadonlySet<string>;
  readonly secret: string;
  readonly known: Known;
  /** Ids that a list may name; the service rejects others itself. */
  readonly listable: readonly string[];
}

export const ANSWER: Expected = { kind: 'answer' };

export const byteLength = (value: Json): number => Buffer.byteLength(JSON.stringify(value));
