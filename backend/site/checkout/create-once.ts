import { createHash, randomUUID } from 'node:crypto';
import Stripe from 'stripe';

/** Keys in a fixed order, at which two tabs meet; after them any key is better than none. */
const FIXED_KEYS = 3;

export interface Once<Created> {
  /** The kind of object, its owner and its parameters: equal values share one idempotency key. */
  readonly of: readonly unknown[];
  readonly create: (options: Stripe.RequestOptions) => Promise<Created>;
  /** Finds the object that a request answered with 5xx may have created. */
  readonly find: () => Promise<Created | undefined>;
}

/**
 * Makes something at Stripe once, however often it is asked for. Stripe repeats a recorded 5xx under its key for a day:
 * that key is of no use any more, and the next one takes its place.
 * @throws what the Stripe SDK throws.
 */
export async function createOnce<Created>({ of, create, find }: Once<Created>): Promise<Created> {
  const key = `site-${createHash('sha256').update(JSON.stringify(of)).digest('base64url')}`;
  for (const suffix of ['', ...Array.from({ length: FIXED_KEYS - 1 }, (_, at) => `-${at + 1}`)]) {
    try {
      return await create({ idempotencyKey: `${key}${suffix}` });
    } catch (error) {
      if (!isRecordedFault(error)) throw error;
      const made = await find();
      if (made !== undefined) return made;
    }
  }
  return create({ idempotencyKey: `${key}-${randomUUID()}` });
}

/** The SDK repeats a 5xx once by itself, so even the first one of a key is known here as recorded. */
const isRecordedFault = (error: unknown): boolean =>
  error instanceof Stripe.errors.StripeError &&
  (error.statusCode ?? 0) >= 500 &&
  error.headers?.['idempotent-replayed'] === 'true';
