import { botInternal } from '@moddy/generated/bot-internal/routes';
import { Pool } from 'undici';
import { SECRET } from '../servers/secret.ts';
import { attend } from './attend.ts';

/* undici's Pool.request by hand: the same headers, JSON both ways, and with `deadline` a timeout for each call; nothing is validated. */

const withDeadline = process.argv[2] === 'deadline';

attend((baseUrl) => {
  const pool = new Pool(baseUrl, { connections: 64 });
  return async (body, key) => {
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
      body: JSON.stringify(body),
      signal: withDeadline ? AbortSignal.timeout(10_000) : null,
    });
    // The server is the bench's own.
    return (await answer.body.json()) as { success: boolean };
  };
});
