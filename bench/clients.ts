import { createBotClient } from '@moddy/generated/bot-internal/client';
import { Pool } from 'undici';
import { BODY, notifyUser, SECRET } from './servers/work.ts';

/*
 * A process that calls notifyUser in one of two ways, as often as the bench orders, and answers what a call cost: its
 * CPU time in µs, of all threads. `node bench/clients.ts generated`
 */

export interface Calls {
  readonly port: number;
  readonly calls: number;
}

/** At a time. */
const CONNECTIONS = 64;

type Call = (idempotencyKey: string) => Promise<{ readonly success: boolean }>;

/** undici's Pool.request by hand: the same headers, JSON both ways; nothing is validated. */
const byPool = (baseUrl: string): Call => {
  const pool = new Pool(baseUrl, { connections: CONNECTIONS });
  return async (key) => {
    const answer = await pool.request({
      method: 'POST',
      path: notifyUser.path,
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
process.on('message', async ({ port, calls }: Calls) => {
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
  await Promise.all(Array.from({ length: CONNECTIONS }, caller));
  const { user, system } = process.cpuUsage(before);
  process.send?.((user + system) / calls);
});
process.on('disconnect', () => process.exit());
