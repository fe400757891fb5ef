import type { Ledger } from './ledger.ts';
import type { Params } from './params.ts';

/** One API call, authenticated and parsed. */
export interface Call {
  ledger: Ledger;
  params: Params;
  /** The id in the path; empty for routes without one. */
  id: string;
  /** The sandbox's own address, for the urls of its hosted pages. */
  origin: string;
}

export interface Route {
  method: 'DELETE' | 'GET' | 'POST';
  path: string;
  /** Parameters Stripe knows here; any other is rejected as Stripe rejects it. `expand` is always known. */
  accepts: readonly string[];
  run(call: Call): object;
}

export const route = (
  method: Route['method'],
  path: string,
  accepts: readonly string[],
  run: (call: Call) => object,
): Route => ({ method, path, accepts, run });
