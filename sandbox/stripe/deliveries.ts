import type { Changes } from './changes.ts';
import type { Delivery, Endpoint, Retry } from './delivery.ts';
import { newId } from './ids.ts';
import type { RecordedEvent } from './ledger.ts';
import { type Order, ordered } from './order.ts';
import { matches } from './resources/events.ts';
import { post, type Signing } from './webhook-post.ts';

const keep = 20_000;

/** Sends events to the endpoints in the background, each on its own: like Stripe it promises no order. */
export class Deliveries {
  endpoints: Endpoint[] = [];
  readonly records: Delivery[] = [];
  /** How many times each coming event is sent to each endpoint. */
  copies = 1;
  /** Each coming delivery starts after a random wait of up to so many ms. */
  jitterMs = 0;
  signing: Signing = 'valid';
  retry: Retry;

  #held = false;
  #dropping = 0;
  #running = 0;
  readonly #waits = new Set<() => void>();
  readonly #stopped = new AbortController();
  readonly #changes: Changes;

  constructor(changes: Changes, retry: Retry) {
    this.#changes = changes;
    this.retry = retry;
  }

  submit(event: RecordedEvent): void {
    for (let copy = 0; copy < this.copies; copy++) this.send(event);
  }

  /** Sends an event (again) to every endpoint that wants it. */
  send(event: RecordedEvent): Delivery[] {
    const wanting = this.endpoints.filter(
      ({ events = ['*'], disabled = false }) => !disabled && events.some((pattern) => matches(pattern, event.type)),
    );
    return wanting.map((endpoint) => {
      const drop = this.#dropping > 0;
      if (drop) this.#dropping -= 1;
      const state = drop ? 'dropped' : this.#held ? 'held' : 'pending';
      const delivery: Delivery = { id: newId('wd', 16), event, endpoint, state, attempts: [] };
      this.records.push(delivery);
      if (this.records.length > keep) this.records.splice(0, this.records.length - keep);
      this.#emit(delivery);
      if (state === 'pending') void this.#carryOut(delivery);
      return delivery;
    });
  }

  hold(): void {
    this.#held = true;
  }

  /** Ends the hold; what was held goes out one after the other, in the asked order. */
  async release(order: Order = 'fifo'): Promise<void> {
    this.#held = false;
    const held = this.records.filter(({ state }) => state === 'held');
    for (const delivery of ordered(held, order)) {
      delivery.state = 'pending';
      void this.#carryOut(delivery, true);
      await this.#changes.until(() => delivery.attempts.length > 0 || this.#stopped.signal.aborted);
    }
  }

  /** The next `count` deliveries never leave; nothing tells the receiver. */
  drop(count: number): void {
    this.#dropping = count;
  }

  /** Lets every delivery that waits for its next attempt try now. */
  retryNow(): void {
    for (const wake of [...this.#waits]) wake();
  }

  /** Resolves when nothing is in flight (held, failed and dropped ones do not count). */
  async idle(): Promise<void> {
    await this.#changes.until(() => this.#running === 0 || this.#stopped.signal.aborted);
  }

  close(): void {
    this.#stopped.abort();
    this.retryNow();
  }

  async #carryOut(delivery: Delivery, atOnce = false): Promise<void> {
    this.#running += 1;
    try {
      if (!atOnce && this.jitterMs > 0) await this.#wait(Math.random() * this.jitterMs);
      let waitMs = this.retry.firstMs;
      while (!this.#stopped.signal.aborted && !(await this.#attempt(delivery))) {
        await this.#wait(waitMs);
        waitMs = Math.min(waitMs * 2, this.retry.maxMs);
      }
    } finally {
      this.#running -= 1;
      this.#emit(delivery);
    }
  }

  /** One attempt; answers whether the delivery is over. */
  async #attempt(delivery: Delivery): Promise<boolean> {
    const attempt = await post(delivery.endpoint, delivery.event.payload, this.signing, this.#stopped.signal);
    delivery.attempts.push(attempt);
    const { status = 0 } = attempt;
    if (status >= 200 && status < 300) delivery.state = 'delivered';
    else if (delivery.attempts.length >= this.retry.attempts) delivery.state = 'failed';
    this.#emit(delivery);
    return delivery.state !== 'pending';
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const wake = () => {
        clearTimeout(timer);
        this.#waits.delete(wake);
        resolve();
      };
      const timer = setTimeout(wake, ms);
      this.#waits.add(wake);
      if (this.#stopped.signal.aborted) wake();
    });
  }

  #emit(delivery: Delivery): void {
    this.#changes.emit({ kind: 'delivery', delivery });
  }
}
