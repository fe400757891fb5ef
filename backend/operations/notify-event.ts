import type { BackendHandler } from '../context.ts';
import { orRetryLater } from '../database/unavailable.ts';
import { requestHash, storable } from '../events/request-hash.ts';

export const notifyEvent: BackendHandler<'notifyEvent'> = async ({ body, parameters, context, reply }) => {
  const stored = await orRetryLater(
    context.events.add({
      type: body.event_type,
      discordId: body.discord_id,
      metadata: body.metadata ? storable(body.metadata) : null,
      idempotencyKey: parameters.header?.['Idempotency-Key'] ?? null,
      requestHash: requestHash(body),
    }),
  );
  if (stored === 'conflict') {
    return reply(422, {
      error: 'This Idempotency-Key was used for another request',
      details: [{ path: '/header/Idempotency-Key', message: 'Use a new key for a new event' }],
    });
  }
  return reply(200, {
    success: true,
    message: `Event ${body.event_type} processed successfully`,
    event_received: true,
  });
};
