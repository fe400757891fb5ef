import { createHash } from 'node:crypto';
import { StripeRejection } from './errors.ts';

export interface Answer {
  status: number;
  body: unknown;
}

interface Kept {
  digest: string;
  path: string;
  answer: Answer;
}

const keep = 50_000;

/** Answers kept by idempotency key, as Stripe keeps them for a day; rejected requests are not kept. */
export class Idempotency {
  readonly #kept = new Map<string, Kept>();

  /** The stored answer of this very request; the same key with anything else is rejected. */
  replay(key: string, path: string, body: string): Answer | undefined {
    const kept = this.#kept.get(key);
    if (!kept) return undefined;
    if (kept.path === path && kept.digest === digest(body)) return kept.answer;
    const same = kept.path === path ? 'parameters' : 'endpoint';
    throw new StripeRejection({
      status: 400,
      type: 'idempotency_error',
      message:
        `Keys for idempotent requests can only be used with the same ${same} they were first used with. ` +
        `Try using a key other than '${key}' if you meant to execute a different request.`,
    });
  }

  store(key: string, path: string, body: string, answer: Answer): void {
    this.#kept.set(key, { digest: digest(body), path, answer });
    const oldest = this.#kept.keys().next();
    if (this.#kept.size > keep && !oldest.done) this.#kept.delete(oldest.value);
  }
}

const digest = (body: string): string => createHash('sha256').update(body).digest('base64');
