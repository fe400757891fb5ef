import { expect, it } from 'vitest';
import { isUnavailable } from './unavailable.ts';

/** Why a certificate is not taken, as Node names it (Node.js docs, TLS, "X509 certificate error codes"). */
const X509 = `
  UNABLE_TO_GET_ISSUER_CERT UNABLE_TO_GET_CRL UNABLE_TO_DECRYPT_CERT_SIGNATURE UNABLE_TO_DECRYPT_CRL_SIGNATURE
  UNABLE_TO_DECODE_ISSUER_PUBLIC_KEY CERT_SIGNATURE_FAILURE CRL_SIGNATURE_FAILURE CERT_NOT_YET_VALID CERT_HAS_EXPIRED
  CRL_NOT_YET_VALID CRL_HAS_EXPIRED ERROR_IN_CERT_NOT_BEFORE_FIELD ERROR_IN_CERT_NOT_AFTER_FIELD
  ERROR_IN_CRL_LAST_UPDATE_FIELD ERROR_IN_CRL_NEXT_UPDATE_FIELD DEPTH_ZERO_SELF_SIGNED_CERT SELF_SIGNED_CERT_IN_CHAIN
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY UNABLE_TO_VERIFY_LEAF_SIGNATURE CERT_CHAIN_TOO_LONG CERT_REVOKED INVALID_CA
  PATH_LENGTH_EXCEEDED INVALID_PURPOSE CERT_UNTRUSTED CERT_REJECTED HOSTNAME_MISMATCH`;
/** SQLSTATEs of statements that are wrong in themselves: ours, and not repeated. */
const OURS = '22001 23502 23503 23505 40P01 42501 42601 42703 42P01 XX000';

const wrapped = (code: string) =>
  new Error('Failed query', { cause: Object.assign(new Error('of the driver'), { code }) });

it('a database with a rejected certificate is unavailable', () => {
  const codes = X509.trim().split(/\s+/);
  expect(codes.filter((code) => !isUnavailable(wrapped(code)))).toEqual([]);
});

it('a database that rejects a wrong statement is not unavailable', () => {
  expect(OURS.split(' ').filter((code) => isUnavailable(wrapped(code)))).toEqual([]);
});
