import { createPublicKey, type KeyObject, verify } from 'node:crypto';

/** What precedes the 32 bytes of a raw Ed25519 key in its DER form (RFC 8410). */
const DER_PREFIX = Buffer.from('302a300506032b6570032100', 'hex');
const SIGNATURE = /^[0-9a-f]{128}$/i;

export type VerifySignature = (
  signature: string | undefined,
  timestamp: string | undefined,
  body: Uint8Array,
) => boolean;

/** Makes the check of Discord's signature, with the key parsed once. @param publicKey 64 hex digits. */
export function signatureVerifier(publicKey: string): VerifySignature {
  const key: KeyObject = createPublicKey({
    key: Buffer.concat([DER_PREFIX, Buffer.from(publicKey, 'hex')]),
    format: 'der',
    type: 'spki',
  });
  return (signature, timestamp, body) => {
    if (signature === undefined || timestamp === undefined || !SIGNATURE.test(signature)) return false;
    // Raw bytes: Discord signs exactly these.
    return verify(null, Buffer.concat([Buffer.from(timestamp), body]), key, Buffer.from(signature, 'hex'));
  };
}
