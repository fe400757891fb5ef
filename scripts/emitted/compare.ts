import type { Contract } from '@moddy/runtime/contract';
import { implement, type ServiceContext } from '@moddy/runtime/http/implement';
import { createLogger } from '@moddy/runtime/log';
import { stubHandlers } from '@moddy/runtime/testing/stub-handlers';
import { at, isArray, isObject, type Json, objectAt, own } from '../compiler/json.ts';
import { canonicalDocument } from './canonical-document.ts';
import type { Reading } from './canonical-schema.ts';

/** The document that zod-to-openapi emits from the app which `implement` makes of a generated module, as JSON. */
export function emittedDocument(module: Readonly<Record<string, unknown>>): Json {
  const contract = Object.values(module).find(isContract);
  if (contract === undefined) throw new Error('The module exports no contract');
  const log = createLogger('silent', 'emitted');
  const app = implement(contract, stubHandlers<AnyOperations, ServiceContext>(contract, {}), {
    log,
    production: false,
  });
  return JSON.parse(JSON.stringify(app.getOpenAPI31Document({ openapi: '3.1.0', info: { title: '', version: '' } })));
}

type AnyOperations = Readonly<Record<string, unknown>>;
const isContract = (exported: unknown): exported is Contract<AnyOperations> =>
  typeof exported === 'object' &&
  exported !== null &&
  'operations' in exported &&
  'routes' in exported &&
  'digest' in exported;

/** Where the document emitted from the code differs from the hand-written one. */
export function emittedDifferences(written: Json, emitted: Json): string[] {
  if (!isObject(written) || !isObject(emitted)) return ['/: expected two documents'];
  const known = objectAt(objectAt(written, 'components'), 'schemas');
  const asWritten = (strict: boolean): Reading => ({ document: written, nameOf: (name) => name, strict });
  // The emitted document states everything itself: strict reading would close objects and require fields.
  const asEmitted: Reading = {
    document: emitted,
    nameOf: (name) => (Object.hasOwn(known, name) ? name : name.replace(/Strict$/, '')),
    strict: false,
  };
  return differences(
    canonicalDocument(written, { request: asWritten(false), response: asWritten(true) }),
    canonicalDocument(emitted, { request: asEmitted, response: asEmitted }),
  );
}

/** Where two JSON values differ, with what each says there. */
export function differences(written: Json | undefined, emitted: Json | undefined, pointer = ''): string[] {
  if (isObject(written) && isObject(emitted)) {
    const keys = [...new Set([...Object.keys(written), ...Object.keys(emitted)])].sort();
    return keys.flatMap((key) => differences(own(written, key), own(emitted, key), at(pointer, key)));
  }
  if (isArray(written) && isArray(emitted) && written.length === emitted.length) {
    return written.flatMap((item, index) => differences(item, emitted[index], at(pointer, index)));
  }
  if (JSON.stringify(written) === JSON.stringify(emitted)) return [];
  return [`${pointer}: the document says ${text(written)}, the routes say ${text(emitted)}`];
}

const text = (value: Json | undefined): string => (value === undefined ? 'nothing' : JSON.stringify(value));
