import type { IncomingMessage } from 'node:http';

/** One request and its answer, as the log line and the metrics tell it. */
export interface Exchange {
  readonly incoming: IncomingMessage;
  readonly target: Target;
  /** The caller's, if it is usable, else a new one. */
  readonly requestId: string;
  /** Undefined for what is no operation: an unknown path, a page, a refused caller. */
  operationId?: string;
  /** The answer broke the document, and was mended or refused. */
  brokeContract?: true;
}

/** What a request line asks for. */
export interface Target {
  /** As it was sent; `.` and `..` mean nothing here. */
  readonly path: string;
  /** Without the `?`. */
  readonly query: string;
}

/** What is answered. `x-request-id` and `content-length` come with the writing. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | Uint8Array;
}

export function targetOf({ url = '/' }: IncomingMessage): Target {
  // RFC 9112 3.2.2: what is sent to a proxy has the authority in front.
  const local = url.startsWith('/') ? url : url.replace(/^https?:\/\/[^/?]*/i, '');
  const end = local.indexOf('?');
  return end < 0 ? { path: local, query: '' } : { path: local.slice(0, end), query: local.slice(end + 1) };
}

/** A route of the private port that is not an operation: a document, Swagger UI or the metrics. */
export type Page = (incoming: IncomingMessage) => Answer | Promise<Answer>;
