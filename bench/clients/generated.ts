import { createBotClient } from '@moddy/generated/bot-internal/client';
import { SECRET } from '../servers/secret.ts';
import { attend } from './attend.ts';

/* The generated client, as the backend's deliveries use it. */

attend((baseUrl) => {
  const client = createBotClient({ baseUrl, secret: SECRET });
  return (body, key) =>
    client.notifyUser(body, {
      parameters: { header: { 'Idempotency-Key': key, 'X-Delivery-Attempt': 1 } },
      requestId: key,
    });
});
