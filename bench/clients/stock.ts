import type { paths } from '@moddy/generated/bot-internal/types';
import createClient from 'openapi-fetch';
import { SECRET } from '../servers/secret.ts';
import { attend } from './attend.ts';

/* openapi-fetch as its manual shows it, over the global fetch; nothing is validated. */

attend((baseUrl) => {
  const client = createClient<paths>({ baseUrl, headers: { authorization: `Bearer ${SECRET}` } });
  return async (body, key) => {
    const { data } = await client.POST('/internal/notify', {
      body,
      params: { header: { 'Idempotency-Key': key, 'X-Delivery-Attempt': 1 } },
      headers: { 'x-request-id': key },
      signal: AbortSignal.timeout(10_000),
    });
    return { success: data?.success ?? false };
  };
});
