import type { BotClient } from '@moddy/generated/bot-internal/client';
import type { Logger } from '@moddy/runtime/log';
import type { Skew } from '@moddy/runtime/skew';
import type { Pause } from '../config.ts';
import type { Database } from '../database/database.ts';
import { PRIORITY } from '../database/schema.ts';
import { type Claim, claimDeliveries, type Kind, renewDeliveries } from '../queue/claim-delivery.ts';
import { createWorker } from '../queue/worker.ts';
import { type Breaker, createBreaker } from './breaker.ts';
import { DELIVERIES_CHANNEL } from './enqueue.ts';
import { requestResync, resyncUnconfirmedRoles } from './resync.ts';
import { send } from './send.ts';
import { makeDue, park, settleMessage } from './settle.ts';
import { settleFailure } from './settle-failure.ts';
import { settleRoles } from './settle-roles.ts';
import { endWaiting, NO_MUTUAL_GUILD, releaseAllWaiting, waitForMember } from './waiting.ts';

export interface DelivererDeps {
  readonly database: Database;
  readonly bot: BotClient;
  readonly log: Logger;
  readonly skew: Pick<Skew, 'see'>;
  readonly paused: Pause;
  readonly now: () => Date;
}

export interface Deliverer {
  readonly breaker: Breaker;
  readonly paused: Pause;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Bulk deliveries have slots of their own: they neither delay payments nor use up Discord's rate limit. */
const CONCURRENCY = { live: 16, bulk: 4 } as const;
const POLL_MS = 1_000;
/** A message about something that old would confuse more than help. */
const MAX_MESSAGE_AGE_MS = 72 * 60 * 60 * 1_000;
const RESYNC_EVERY_MS = 60 * 60 * 1_000;

const KINDS: Readonly<Record<Pause, readonly Kind[]>> = { none: ['notify', 'roles'], notify: ['roles'], all: [] };

/** Sends the pending deliveries to the bot; any number of replicas may do so at once. */
export function createDeliverer({ database, bot, log, skew, paused, now }: DelivererDeps): Deliverer {
  const db = database.orm;
  const resyncUnconfirmed = () => {
    resyncUnconfirmedRoles(db).then(
      (count) => count > 0 && log.info('unconfirmed roles are sent again', { count }),
      (error: unknown) => log.warn('unconfirmed roles could not be enqueued', { error }),
    );
  };
  const resync = () => {
    const { botStartedAt } = breaker;
    if (botStartedAt === undefined) return;
    requestResync(db, botStartedAt).catch((error: unknown) =>
      log.warn('the resync of all roles could not be requested', { error }),
    );
  };
  const releaseWaiting = () => {
    releaseAllWaiting(db).then(
      (count) => count > 0 && log.info('waiting messages are sent again', { count }),
      (error: unknown) => log.warn('waiting messages could not be sent again', { error }),
    );
  };
  const onBotBack = () => {
    resyncUnconfirmed();
    resync();
    releaseWaiting();
    makeDue(db)
      .then(() => {
        for (const { wake } of Object.values(workers)) wake();
      })
      .catch((error: unknown) => log.warn('postponed deliveries could not be made due', { error }));
  };
  const breaker = createBreaker({ bot, log, skew, onBotBack });
  const attempt = async (claim: Claim): Promise<void> => {
    try {
      if (
        claim.kind === 'notify' &&
        now().getTime() - (claim.redrivenAt ?? claim.createdAt).getTime() > MAX_MESSAGE_AGE_MS
      ) {
        return await park(db, claim, 'expired', 'older than 72 hours');
      }
      const verdict = await send(bot, claim).catch((error: unknown) =>
        settleFailure({ db, breaker, log }, claim, error),
      );
      if (verdict === undefined) return;
      if (claim.kind === 'roles') await settleRoles(db, claim, verdict);
      else if (verdict.outcome === NO_MUTUAL_GUILD) await waitForMember(db, claim, verdict.detail);
      else await settleMessage(db, claim, verdict.outcome, verdict.detail);
      // Either this member is not on the server, or the bot is in no server at all: the bot's health shows which.
      if (verdict.outcome === NO_MUTUAL_GUILD || verdict.outcome === 'guild_unavailable') void breaker.suspect();
      const { deliveryId, kind, attempts, user } = claim;
      log.info('delivery settled', {
        deliveryId,
        kind,
        attempt: attempts,
        discordId: user.discordId,
        outcome: verdict.outcome,
      });
    } catch (error) {
      // The database is unavailable: the lease ends and the attempt is made again, recognisable by its number.
      log.warn('a delivery could not be settled', { deliveryId: claim.deliveryId, error });
    }
  };
  const workerOf = (priority: keyof typeof PRIORITY) =>
    createWorker<Claim>({
      name: `${priority} deliveries`,
      pollMs: POLL_MS,
      concurrency: CONCURRENCY[priority],
      log,
      take: async (free) => (breaker.opened ? [] : claimDeliveries(db, KINDS[paused], free, [PRIORITY[priority]])),
      run: attempt,
      renew: (claims) => renewDeliveries(db, claims),
    });
  const workers = { live: workerOf('live'), bulk: workerOf('bulk') };
  let unlisten: () => Promise<void> = async () => {};
  let hourly: NodeJS.Timeout | undefined;
  return {
    breaker,
    paused,
    start: async () => {
      // The bulk worker only polls: a notification that wakes both would make each of them query twice.
      unlisten = await database.listen(DELIVERIES_CHANNEL, workers.live.wake);
      breaker.start();
      for (const worker of Object.values(workers)) worker.start();
      hourly = setInterval(() => {
        resyncUnconfirmed();
        resync();
        endWaiting(db, MAX_MESSAGE_AGE_MS).catch((error: unknown) =>
          log.warn('waiting messages could not be ended', { error }),
        );
      }, RESYNC_EVERY_MS);
    },
    stop: async () => {
      clearInterval(hourly);
      await unlisten();
      await Promise.all([workers.live.stop(), workers.bulk.stop(), breaker.stop()]);
    },
  };
}
