import { createHash, randomUUID } from 'node:crypto';

/** Crockford's base 32: no letter that is read as a digit. */
const ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const REFERENCE_LENGTH = 10;
/** Discord's limit. */
const NONCE_LENGTH = 25;

export interface DeliveryMarks {
  /** Short enough to be read out to the support; stands in the message's footer. */
  readonly reference: string;
  /** Discord sends one message per nonce within some minutes. */
  readonly nonce: string;
}

/** Marks that identify a delivery at Discord; the same for every attempt under one idempotency key. */
export function deliveryMarks(idempotencyKey: string | undefined): DeliveryMarks {
  const digest = createHash('sha256')
    .update(idempotencyKey ?? randomUUID())
    .digest();
  // 32 divides 256: each character is equally likely.
  const characters = Array.from(digest, (byte) => ALPHABET[byte % ALPHABET.length]).join('');
  return { reference: characters.slice(0, REFERENCE_LENGTH), nonce: characters.slice(0, NONCE_LENGTH) };
}
