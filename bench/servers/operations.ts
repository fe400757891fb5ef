import { openDatabase } from '@moddy/backend/database/open';
import { isUnavailable } from '@moddy/backend/database/unavailable';
import { createGroupCommit } from '@moddy/backend/events/group-commit';
import { requestHash } from '@moddy/backend/events/request-hash';
import { type DiscordEvent, storeEvents } from '@moddy/backend/events/store-events';
import { backendInternal } from '@moddy/generated/backend-internal/routes';
import { botInternal } from '@moddy/generated/bot-internal/routes';

/** What the servers that ours is compared with run and answer. */
export interface BenchOperation {
  readonly id: string;
  readonly method: string;
  readonly path: string;
  readonly run: (body: unknown, idempotencyKey: string | undefined) => object | Promise<object>;
}

const { healthCheck, notifyUser } = botInternal.operations;
const { notifyEvent } = backendInternal.operations;

const startedAt = new Date().toISOString();
const healthy = ['gateway', 'token', 'guild', 'roles', 'events'].map((name) => ({ name, status: 'healthy' }));

const botOperations: readonly BenchOperation[] = [
  {
    ...healthCheck,
    run: () => ({
      status: 'healthy',
      service: 'discord-bot',
      version: botInternal.version,
      started_at: startedAt,
      checks: healthy.map((check) => ({ ...check })),
      contract: {
        'bot-internal': { version: botInternal.version, digest: botInternal.digest },
        'backend-internal': { version: backendInternal.version, digest: backendInternal.digest },
      },
    }),
  },
  {
    ...notifyUser,
    run: () => ({ success: true, message: 'User notified successfully', notification_sent: true }),
  },
];

/** The group commit is ours in every server: what is compared is the way to it. */
async function backendOperations(url: string): Promise<readonly BenchOperation[]> {
  const database = await openDatabase({ url });
  await database.migrate();
  const events = createGroupCommit(
    (batch: readonly DiscordEvent[]) => storeEvents(database.orm, batch),
    (error) => !isUnavailable(error),
  );
  return [
    {
      ...notifyEvent,
      run: async (body, idempotencyKey) => {
        const { event_type, discord_id, metadata } = body as DiscordEventBody;
        await events.add({
          type: event_type,
          discordId: discord_id,
          metadata,
          idempotencyKey: idempotencyKey ?? null,
          requestHash: requestHash(body),
        });
        return { success: true, message: `Event ${event_type} processed successfully`, event_received: true };
      },
    },
  ];
}

/** What the bench's own load sends. */
interface DiscordEventBody {
  readonly event_type: string;
  readonly discord_id: string;
  readonly metadata: Record<string, unknown>;
}

const { DATABASE_URL } = process.env;
export const operations = DATABASE_URL === undefined ? botOperations : await backendOperations(DATABASE_URL);
