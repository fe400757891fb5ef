import type { RoutePattern } from './route-pattern.ts';
import { matches } from './route-pattern.ts';

/** A fault of the next calls of a route. With neither `answer` nor `end` the call only takes `delayMs` longer. */
export interface Fault extends RoutePattern {
  /** How many calls it strikes: 1 unless given. */
  times?: number;
  /** How many calls pass unharmed before. */
  after?: number;
  delayMs?: number;
  answer?: { status: number; body?: unknown; headers?: Record<string, string> };
  /**
   * `hang` never answers, `stall` begins to and goes silent, `drop` destroys the socket, `truncate` ends in the middle
   * of the body, `garble` answers something that is not HTTP.
   */
  end?: 'hang' | 'stall' | 'drop' | 'truncate' | 'garble';
  /** The call does its work first; only its answer suffers. */
  applyEffect?: boolean;
}

export interface ActiveFault {
  readonly fault: Fault;
  /** Calls struck so far. */
  readonly hits: number;
  readonly remaining: number;
}

interface Armed {
  fault: Fault;
  pass: number;
  hits: number;
  remaining: number;
}

export class Faults {
  /** REST answers 503 and the gateway accepts no connection, until it is over. */
  outage = false;
  /** The answer of an edge in front of REST to every call, instead of Discord's. */
  edge: Fault['answer'];
  #armed: Armed[] = [];

  add(fault: Fault): ActiveFault & { remove: () => void } {
    const armed: Armed = { fault, pass: fault.after ?? 0, hits: 0, remaining: fault.times ?? 1 };
    this.#armed.push(armed);
    return {
      fault,
      get hits() {
        return armed.hits;
      },
      get remaining() {
        return armed.remaining;
      },
      remove: () => {
        this.#armed = this.#armed.filter((each) => each !== armed);
      },
    };
  }

  clear(): void {
    this.#armed = [];
  }

  active(): ActiveFault[] {
    return this.#armed.map(({ fault, hits, remaining }) => ({ fault, hits, remaining }));
  }

  /** The fault this call meets, counted. */
  take(method: string, path: string): Fault | undefined {
    for (const armed of this.#armed.filter(({ fault }) => matches(fault, method, path))) {
      if (armed.pass > 0) {
        armed.pass -= 1;
        continue;
      }
      armed.hits += 1;
      armed.remaining -= 1;
      if (armed.remaining <= 0) this.#armed = this.#armed.filter((each) => each !== armed);
      return armed.fault;
    }
    return undefined;
  }
}
