import { createServer } from 'node:http';
import Stripe from 'stripe';
import { closeNow, listen } from '../listen.ts';
import type { SandboxStripe } from './sandbox-stripe.ts';
import { type StripeOptions, startStripe } from './start.ts';

/** The real SDK, pointed at the sandbox as the backend points it. */
export function sdk(sandbox: SandboxStripe, apiKey = sandbox.apiKey): Stripe {
  const { hostname, port } = new URL(sandbox.url);
  return new Stripe(apiKey, { host: hostname, port, protocol: 'http', maxNetworkRetries: 0, telemetry: false });
}

export interface Received {
  signature: string | undefined;
  body: string;
}

export interface Receiver {
  url: string;
  received: Received[];
  /** Events verified as the backend verifies them, in order of arrival. */
  events(secret: string): Stripe.Event[];
  /** The statuses of the next answers to deliveries; 200 when the list is empty. */
  answers: number[];
  close(): Promise<void>;
}

/** A webhook endpoint that keeps what it gets. */
export async function receiver(): Promise<Receiver> {
  const received: Received[] = [];
  const answers: number[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on('data', (chunk: Buffer) => chunks.push(chunk));
    request.on('end', () => {
      const signature = request.headers['stripe-signature'];
      received.push({ signature: String(signature ?? ''), body: Buffer.concat(chunks).toString() });
      response.writeHead(answers.shift() ?? 200).end('ok');
    });
  });
  const port = await listen(server);
  return {
    url: `http://127.0.0.1:${port}/webhooks/stripe`,
    received,
    answers,
    events: (secret) =>
      received.map(({ body, signature }) => Stripe.webhooks.constructEvent(body, signature ?? '', secret)),
    close: () => closeNow(server),
  };
}

export const secret = 'whsec_test';

/** A sandbox that delivers to a receiver of its own. */
export async function withReceiver(options: StripeOptions = {}) {
  const inbox = await receiver();
  const sandbox = await startStripe({
    webhooks: [{ url: inbox.url, secret }],
    retry: { firstMs: 5, maxMs: 20, attempts: 5 },
    ...options,
  });
  const close = async () => {
    await sandbox.close();
    await inbox.close();
  };
  return { sandbox, inbox, stripe: sdk(sandbox), close };
}
