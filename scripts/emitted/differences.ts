import { at, isArray, isObject, type Json, own } from '../compiler/json.ts';

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
