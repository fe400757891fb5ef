import type { HttpBindings } from '@hono/node-server';

/** One request and its answer, as the log line and the metrics tell it. */
export interface Exchange {
  /** The caller's, if it is usable, else a new one. */
  readonly requestId: string;
  /** Undefined for what is no operation: an unknown path, a page, a refused caller. */
  operationId?: string;
  /** The answer broke the document, and was mended or refused. */
  brokeContract?: true;
}

/** What handlers of Hono find in `c.env`: Node's own request and answer, and the exchange. */
export interface ExchangeEnv {
  Bindings: HttpBindings & { readonly exchange: Exchange };
}
