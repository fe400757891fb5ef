import { RetryLater } from '@moddy/runtime/errors';

/** Most items that one flush takes, and most that may wait for one. */
const LIMITS = { flush: 500, waiting: 10_000 } as const;

interface Waiting<Item, Result> {
  readonly item: Item;
  readonly resolve: (result: Result) => void;
  readonly reject: (error: unknown) => void;
}

export interface GroupCommit<Item, Result> {
  /** Resolves when the item is durable. @throws {RetryLater} when too many wait. */
  add(item: Item): Promise<Result>;
  /** Resolves when nothing is in flight. */
  idle(): Promise<void>;
}

/**
 * Keeps one flush in flight; items that arrive meanwhile form the next one. So a lone item does not wait, and under load
 * many share one commit.
 *
 * @param flush stores all or none, and answers one result per item, in order.
 * @param blamesAnItem decides about a flush's error whether one of its items caused it: then they are flushed one by one, so
 *   that the bad one fails alone.
 */
export function createGroupCommit<Item, Result>(
  flush: (items: readonly Item[]) => Promise<readonly Result[]>,
  blamesAnItem: (error: unknown) => boolean,
): GroupCommit<Item, Result> {
  let waiting: Waiting<Item, Result>[] = [];
  let flushing: Promise<void> | undefined;

  const settle = async (group: readonly Waiting<Item, Result>[]): Promise<void> => {
    try {
      const results = await flush(group.map(({ item }) => item));
      group.forEach(({ resolve, reject }, index) => {
        const result = results[index];
        if (result === undefined) reject(new Error('A flush answered fewer results than it got items'));
        else resolve(result);
      });
    } catch (error) {
      if (group.length > 1 && blamesAnItem(error)) for (const one of group) await settle([one]);
      else for (const { reject } of group) reject(error);
    }
  };
  const run = async (): Promise<void> => {
    while (waiting.length > 0) {
      const group = waiting.slice(0, LIMITS.flush);
      waiting = waiting.slice(LIMITS.flush);
      await settle(group);
    }
    flushing = undefined;
  };
  return {
    add: (item) => {
      if (waiting.length >= LIMITS.waiting) return Promise.reject(new RetryLater('Too many events at once', 1));
      return new Promise<Result>((resolve, reject) => {
        waiting.push({ item, resolve, reject });
        flushing ??= run();
      });
    },
    idle: async () => flushing,
  };
}
