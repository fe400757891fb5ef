import { createHash } from 'node:crypto';
import { BoundedMap } from '@moddy/runtime/bounded-map';
import { canonicalJson } from '@moddy/runtime/canonical-json';
import { RequestError, RetryLater } from '@moddy/runtime/errors';

/** `open`: tried before, without an effect or without knowing; the key may be tried again. */
type Remembered<Answer> = { readonly bodyDigest: string } & (
  | { readonly state: 'in flight' | 'open' }
  | { readonly state: 'done'; readonly answer: Answer }
);

export interface Attempt<Answer> {
  readonly answer: Answer;
  /** The effect has happened and must not happen again; else the same request is tried again when it comes again. */
  readonly completed: boolean;
}

/** Answers by idempotency key: one effect per key, as long as this process remembers it. */
export class IdempotencyCache<Answer> {
  readonly #remembered = new BoundedMap<string, Remembered<Answer>>({ maxSize: 10_000, maxAgeMs: 24 * 3_600_000 });

  /**
   * Runs `attempt` unless its answer is known. It receives whether this process has tried this key before.
   * @throws {RequestError} 422 when the key came with another body, unless nothing came of the first.
   * @throws {RetryLater} while the same key is being worked on.
   */
  async once(
    key: string | undefined,
    body: unknown,
    attempt: (triedBefore: boolean) => Promise<Attempt<Answer>>,
  ): Promise<Answer> {
    if (key === undefined) return (await attempt(false)).answer;
    const bodyDigest = createHash('sha256').update(canonicalJson(body)).digest('base64');
    const known = this.#remembered.get(key);
    // Only effects are pinned: a retry may carry another language.
    if (known !== undefined && known.state !== 'open' && known.bodyDigest !== bodyDigest) {
      throw new RequestError(422, 'This Idempotency-Key was used with another body', [
        { path: '/header/Idempotency-Key', message: 'was used with another body' },
      ]);
    }
    if (known?.state === 'done') return known.answer;
    if (known?.state === 'in flight') throw new RetryLater('The same request is still under way', 1);

    this.#remembered.set(key, { bodyDigest, state: 'in flight' });
    let next: Remembered<Answer> = { bodyDigest, state: 'open' };
    try {
      const { answer, completed } = await attempt(known?.state === 'open');
      if (completed) next = { bodyDigest, state: 'done', answer };
      return answer;
    } finally {
      this.#remembered.set(key, next);
    }
  }
}
