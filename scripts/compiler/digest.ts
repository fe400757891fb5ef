import { createHash } from 'node:crypto';
import { canonicalJson } from '@moddy/runtime/canonical-json';
import type { Json } from './json.ts';
import { withoutProse } from './walk.ts';

/** SHA-256 (hex) of the document's canonical form: keys sorted, prose left out. */
export const digestOf = (document: Json): string =>
  createHash('sha256')
    .update(canonicalJson(withoutProse(document, 'document')))
    .digest('hex');
