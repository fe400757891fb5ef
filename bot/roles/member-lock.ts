import { NotNow } from '@moddy/runtime/outcomes';

/** More waiting changes of one member are a caller that does not wait for answers. */
const MAX_WAITING = 10;

/** One change at a time per member: concurrent ones lose updates at Discord. */
export class MemberLock {
  readonly #lanes = new Map<string, { tail: Promise<unknown>; waiting: number }>();

  /** @throws {NotNow} when too many wait already. */
  async run<Result>(discordId: string, work: () => Promise<Result>): Promise<Result> {
    const lane = this.#lanes.get(discordId) ?? { tail: Promise.resolve(), waiting: 0 };
    if (lane.waiting >= MAX_WAITING) throw new NotNow('Too many role changes of this member are waiting', 1);
    this.#lanes.set(discordId, lane);
    lane.waiting += 1;
    const done = lane.tail.then(work);
    lane.tail = done.catch(() => undefined);
    try {
      return await done;
    } finally {
      lane.waiting -= 1;
      if (lane.waiting === 0) this.#lanes.delete(discordId);
    }
  }
}
