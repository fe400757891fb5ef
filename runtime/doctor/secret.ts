import { createHmac } from 'node:crypto';
import { type Finding, well, wrong } from './finding.ts';

const MIN_LENGTH = 32;
/** Secrets from the examples in documents, which the whole world knows. */
const KNOWN = /^(?:test-secret-local|changeme|secret|password|your[-_]|example)/i;

/** Eight digits that are the same on both sides when the secrets are, and of no use to find a strong one. */
export const fingerprint = (secret: string): string =>
  createHmac('sha256', 'moddy doctor').update(secret).digest('hex').slice(0, 8);

export function examineSecret(secret: string, production: boolean): readonly Finding[] {
  const cure = 'make secret prints a good one; set it as INTERNAL_API_SECRET of both services';
  if (production && KNOWN.test(secret)) return [wrong('secret', 'is the one of an example', cure)];
  if (production && new Set(secret).size < 10) return [wrong('secret', 'has hardly any different characters', cure)];
  const strength = secret.length < MIN_LENGTH ? ', too short for production' : '';
  return [well('secret', `fingerprint ${fingerprint(secret)}${strength}`)];
}
