import { isAlias, isMap, isScalar, parseDocument, visit } from 'yaml';
import { at, type Json } from './json.ts';
import type { Rejections } from './rejections.ts';

/** The document's text as a JSON value. What YAML says and JSON cannot is refused. */
export function readYaml(text: string, rejections: Rejections): Json | undefined {
  const document = parseDocument(text, { version: '1.2', schema: 'core', merge: false });
  for (const { message } of [...document.errors, ...document.warnings]) {
    rejections.add('', `not readable YAML: ${message.split('\n', 1)[0]}`);
  }
  if (document.errors.length > 0) return undefined;
  visit(document, (_key, node, path) => {
    const pointer = () =>
      path
        .filter((step) => 'key' in step)
        .map((step) => String(step.key))
        .reduce(at, '');
    if (isAlias(node)) rejections.add(pointer(), 'a YAML alias; write the value out or use $ref');
    if (isMap(node)) {
      for (const { key } of node.items) {
        const plain = isScalar(key) && (typeof key.value === 'string' || typeof key.value === 'number');
        if (!plain) rejections.add(pointer(), `the key ${String(key)} is not a string; quote it`);
        else if (key.value === '__proto__')
          rejections.add(pointer(), 'the key `__proto__` cannot be read safely; rename it');
      }
    }
    if (isScalar(node)) checkScalar(node.value, node.source, pointer, rejections);
  });
  if (document.contents === null) rejections.add('', 'the document is empty');
  // Aliases could make it cyclic; every other core scalar is JSON.
  return rejections.all.length > 0 ? undefined : (document.toJS() as Json);
}

function checkScalar(value: unknown, source: string | undefined, pointer: () => string, rejections: Rejections): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value !== 'number') rejections.add(pointer(), 'not a JSON value; quote it');
  else if (!Number.isFinite(value)) rejections.add(pointer(), 'not a JSON number; leave it out or quote it');
  else if (source !== undefined && /^[-+]?\d+$/.test(source) && BigInt(source) !== BigInt(value)) {
    rejections.add(pointer(), 'this number has more digits than can be kept; at most 9007199254740991, or a string');
  }
}
