/** Posts to the operator's channel; longer than most, being the whole of it: what, when, how often, and in which words. */
import { withDeadline } from '@moddy/runtime/deadline';
import type { Logger } from '@moddy/runtime/log';
import type { Orm, Queryable } from '../database/database.ts';
import { and, asc, eq, gt, lt, sql } from '../database/drizzle.ts';
import { announcements, deliveries, users } from '../database/schema.ts';
import { countWaitingRefunds } from '../health/stuck.ts';
import { claimJob, finishJob } from '../queue/claim-job.ts';
import { CURES_OF_CHECKS } from './cures.ts';

export interface AnnouncerDeps {
  readonly db: Orm;
  readonly channel: { readonly url: string; readonly subscriptions: boolean };
  readonly checkHealth: () => Promise<readonly { name: string; status: string; detail?: string }[]>;
  readonly log: Logger;
}

export type Announcer = ReturnType<typeof createAnnouncer>;

interface Cause {
  readonly cause: string;
  readonly detail: string;
}

const EVERY_MS = 60_000;
const POST_TIMEOUT_MS = 5_000;
/** As many messages as one round sends at most; the rest is sent in the next ones (Discord takes 30 a minute). */
const MAX_POSTS = 10;
const REMIND_AFTER = sql`now() - interval '24 hours'`;
/** Marks a cause that was seen in one round only and is not posted yet. */
const NOT_YET = sql`'epoch'::timestamptz`;
/** A transaction that began earlier may commit later: its messages are read in the next round. */
const SETTLED = sql`now() - interval '10 seconds'`;
/** The row that says up to which delivery new and ended subscriptions were posted. */
const CURSOR = 'subscriptions';

/**
 * Posts problems to a Discord channel: each cause once with its cure, a daily reminder, and its end. Posted causes are
 * stored, so that only one replica posts. There is no queue: each round compares the stored causes with the current ones.
 */
export function createAnnouncer({ db, channel, checkHealth, log }: AnnouncerDeps) {
  const stopping = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  let running: Promise<void> | undefined;
  /** Rounds in which the database was unavailable: they are stored nowhere else. */
  let withoutDatabase = 0;

  const post = async (content: string): Promise<void> => {
    await withDeadline(POST_TIMEOUT_MS, async (signal) => {
      const response = await fetch(channel.url, {
        method: 'POST',
        redirect: 'error',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ content, allowed_mentions: { parse: [] } }),
        signal: AbortSignal.any([signal, stopping.signal]),
      });
      await response.body?.cancel();
      if (!response.ok) throw new Error(`Discord answered ${response.status}`);
    });
  };

  const round = async (): Promise<void> => {
    const causes = (await checkHealth()).flatMap(({ name, status, detail = '' }) =>
      status === 'healthy' ? [] : [{ cause: name, detail }],
    );
    const database = causes.find(({ cause }) => cause === 'database');
    if (database !== undefined) {
      withoutDatabase += 1;
      if (withoutDatabase === 2) await post(problem(database));
      return;
    }
    if (withoutDatabase >= 2) await post('Over: database');
    withoutDatabase = 0;
    const claim = await claimJob(db, 'announce', 'now');
    if (claim === undefined) return;
    try {
      // They only want to be seen: no fault of the service, and so not in its health.
      const waiting = await countWaitingRefunds(db);
      await announce(
        db,
        waiting === 0
          ? causes
          : [...causes, { cause: 'attention', detail: `${waiting} refunds or disputes wait for you` }],
        post,
      );
      if (channel.subscriptions) await announceSubscriptions(db, post);
    } finally {
      await finishJob(db, claim, { everyMs: EVERY_MS, outcome: `${causes.length} causes`, alert: false });
    }
  };
  const wake = () => {
    running ??= round()
      .catch((error: unknown) => {
        if (!stopping.signal.aborted) log.warn("cannot post to the operator's channel", { error, retryInMs: EVERY_MS });
      })
      .finally(() => {
        running = undefined;
      });
  };
  return {
    start: async () => {
      timer = setInterval(wake, EVERY_MS);
      wake();
    },
    wake,
    /** Resolves when the round that runs now has ended. */
    settled: async () => running,
    stop: async () => {
      clearInterval(timer);
      stopping.abort();
      await running;
    },
  };
}

type Post = (content: string) => Promise<void>;

async function announce(db: Orm, causes: readonly Cause[], post: Post): Promise<void> {
  const posted = await db
    .select({
      cause: announcements.cause,
      due: sql<boolean>`${announcements.postedAt} < ${REMIND_AFTER}`,
      isNew: sql<boolean>`${announcements.postedAt} = ${NOT_YET}`,
    })
    .from(announcements);
  const known = new Map(posted.filter(({ cause }) => cause !== CURSOR).map((row) => [row.cause, row]));
  let left = MAX_POSTS;
  for (const { cause, detail } of causes) {
    const row = known.get(cause);
    known.delete(cause);
    if (row === undefined) {
      // A fault caused by a restart is over before the next round and is never posted.
      await db.insert(announcements).values({ cause, detail, postedAt: NOT_YET }).onConflictDoNothing();
    } else if (row.due && left > 0) {
      left -= 1;
      await post(`${row.isNew ? '' : 'Still: '}${problem({ cause, detail })}`);
      await db.update(announcements).set({ detail, postedAt: sql`now()` }).where(eq(announcements.cause, cause));
    }
  }
  for (const { cause, isNew } of known.values()) {
    if (left === 0) return;
    left -= 1;
    if (!isNew) await post(`Over: ${cause}`);
    await db.delete(announcements).where(eq(announcements.cause, cause));
  }
}

const problem = ({ cause, detail }: Cause) =>
  [`**${cause}**: ${detail}`, CURES_OF_CHECKS[cause]].join('\n').slice(0, 1_900);

const MAX_LINES = 20;

/** A line for each subscription that began or ended since the last round, with the Discord id and nothing else of anyone. */
async function announceSubscriptions(db: Orm, post: Post): Promise<void> {
  const [cursor] = await db.select().from(announcements).where(eq(announcements.cause, CURSOR));
  const isChange = sql`${deliveries.message} ->> 'action' in ('subscription_created', 'subscription_cancelled')`;
  const settled = lt(deliveries.createdAt, SETTLED);
  if (cursor === undefined) {
    // Changes from before the channel was set are not posted.
    const [last] = await db
      .select({ id: sql<number>`coalesce(max(${deliveries.deliveryId}), 0)::float8` })
      .from(deliveries);
    await saveCursor(db, last?.id ?? 0);
    return;
  }
  const changes = await db
    .select({ deliveryId: deliveries.deliveryId, discordId: users.discordId, message: deliveries.message })
    .from(deliveries)
    .innerJoin(users, eq(users.userId, deliveries.userId))
    .where(and(gt(deliveries.deliveryId, Number(cursor.detail)), isChange, settled))
    .orderBy(asc(deliveries.deliveryId))
    .limit(MAX_LINES);
  const last = changes.at(-1);
  if (last === undefined) return;
  const lines = changes.map(({ discordId, message }) =>
    message?.action === 'subscription_created'
      ? `New: ${message.plan}, Discord user ${discordId}`
      : `Ended: Discord user ${discordId}`,
  );
  await post(lines.join('\n'));
  await saveCursor(db, last.deliveryId);
}

async function saveCursor(db: Queryable, deliveryId: number): Promise<void> {
  const detail = String(deliveryId);
  await db
    .insert(announcements)
    .values({ cause: CURSOR, detail })
    .onConflictDoUpdate({ target: announcements.cause, set: { detail } });
}
