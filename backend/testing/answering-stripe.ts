import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';
import type Stripe from 'stripe';
import { createStripe } from '../stripe-client.ts';

export interface StripeCall {
  /** `GET /v1/customers/cus_1` */
  readonly route: string;
  /** As they are sent: `metadata[discord_id]`. */
  readonly params: Readonly<Record<string, string>>;
}

/** Stripe's answer to a route: an object, a fault, or a cut connection. */
export type StripeAnswer = object | StripeFault | 'cut';

export class StripeFault {
  readonly status: number;
  readonly error: object;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, error: object, headers: Readonly<Record<string, string>> = {}) {
    this.status = status;
    this.error = error;
    this.headers = headers;
  }
}

/** These answers one after the other; the last one again and again. */
export class InTurn {
  readonly #answers: StripeAnswer[];

  constructor(...answers: StripeAnswer[]) {
    this.#answers = answers;
  }

  next(): StripeAnswer | undefined {
    return this.#answers.length > 1 ? this.#answers.shift() : this.#answers[0];
  }
}

export interface AnsweringStripe {
  readonly sdk: Stripe;
  readonly calls: StripeCall[];
  answers: Readonly<Record<string, StripeAnswer>>;
  close(): Promise<void>;
}

/** All that Stripe lists, on one page. */
export const listOf = (data: readonly object[]) => ({ object: 'list', data, has_more: false, url: '/' });

/**
 * The backend's SDK at a server with scripted answers, for objects that the sandbox never holds: customers of the other
 * mode, objects without a field. A request without a scripted answer is a fault of the test.
 */
export async function startAnsweringStripe(): Promise<AnsweringStripe> {
  const calls: StripeCall[] = [];
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url ?? '', 'http://stripe');
    const params = Object.fromEntries([...searchParams, ...new URLSearchParams(await text(request))]);
    const route = `${request.method} ${pathname}`;
    calls.push({ route, params });
    const scripted = stripe.answers[route];
    const answer =
      (scripted instanceof InTurn ? scripted.next() : scripted) ??
      new StripeFault(400, { message: `no answer to ${route}` });
    if (answer === 'cut') return void request.socket.destroy();
    const isFault = answer instanceof StripeFault;
    response.writeHead(isFault ? answer.status : 200, isFault ? answer.headers : {});
    response.end(JSON.stringify(isFault ? { error: answer.error } : answer));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const stripe: AnsweringStripe = {
    sdk: createStripe('sk_test_answers', `http://127.0.0.1:${port}`),
    calls,
    answers: {},
    close: async () => {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
  return stripe;
}
