import { createBotClient } from '@moddy/generated/bot-internal/client';
import { botInternal } from '@moddy/generated/bot-internal/routes';
import type { paths } from '@moddy/generated/bot-internal/types';
import createClient from 'openapi-fetch';
import { Pool } from 'undici';
import { SECRET } from './servers/work.ts';

/*
 * A process that calls notifyUser in one of several ways, as often as the bench orders, and answers what a call cost: its
 * CPU time in µs, of all threads. `node bench/clients.ts generated`
 */

export interface Calls {
  readonly port: number;
  readonly calls: number;
  readonly concurrency: number;
}

type Call = (idempotencyKey: string) => Promise<{ readonly success: boolean } | undefined>;

const BODY = {
  discord_id: '123456789012345678',
  action: 'plan_upgraded',
  plan: 'moddy_max',
  locale: 'fr',
  metadata: { customer_id: 'cus_1', interval: 'month' },
} as const;

/** undici's Pool.request by hand: the same headers, JSON both ways; nothing is validated. */
const byPool = (baseUrl: string): Call => {
  const pool = new Pool(baseUrl, { connections: 64 });
  return async (key) => {
    const answer = await pool.request({
      method: 'POST',
      path: botInternal.operations.notifyUser.path,
      headers: {
        authorization: `Bearer ${SECRET}`,
        'content-type': 'application/json',
        'idempotency-key': key,
        'x-delivery-attempt': '1',
        'x-request-id': key,
      },
      body: JSON.stringify(BODY),
    });
    // The server is the bench's own.
    return (await answer.body.json()) as { success: boolean };
  };
};

const WAYS: Readonly<Record<string, (baseUrl: string) => Call>> = {
  pool: byPool,
  /** openapi-fetch as its manual shows it, over the global fetch; nothing is validated. */
  stock: (baseUrl) => {
    const client = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${SECRET}` } });
    return async (key) => {
      const { data } = await client.POST('/internal/notify', {
        body: BODY,
        params: { header: { 'Idempotency-Key': key, 'X-Delivery-Attempt': 1 } },
        headers: { 'x-request-id': key },
        signal: AbortSignal.timeout(10_000),
      });
      return data;
    };
  },
  /** As the backend's deliveries use it. */
  generated: (baseUrl) => {
    const client = createBotClient({ baseUrl, secret: SECRET });
    return (key) =>
      client.notifyUser(BODY, {
        parameters: { header: { 'Idempotency-Key': key, 'X-Delivery-Attempt': 1 } },
        requestId: key,
      });
  },
};

let call: Call | undefined;
let sequence = 0;
process.on('message', async ({ port, calls, concurrency }: Calls) => {
  call ??= WAYS[process.argv[2] ?? '']?.(`http://127.0.0.1:${port}`);
  const make = call;
  const before = process.cpuUsage();
  let left = calls;
  const caller = async () => {
    while (left-- > 0) {
      sequence += 1;
      if (!(await make?.(`${process.pid}-${sequence}`))?.success) throw new Error('A call did not succeed');
    }
  };
  await Promise.all(Array.from({ length: concurrency }, caller));
  const { user, system } = process.cpuUsage(before);
  process.send?.((user + system) / calls);
});
process.on('disconnect', () => process.exit());
