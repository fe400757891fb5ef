import { isAlias, isMap, isNode, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
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

/** Line and column, `12:7`, of what a pointer names in a text, or of the nearest place around it that exists. */
export function placeOf(text: string, pointer: string): string {
  const counter = new LineCounter();
  let at: unknown = parseDocument(text, {
    version: '1.2',
    schema: 'core',
    merge: false,
    lineCounter: counter,
  }).contents;
  let offset = isNode(at) ? (at.range?.[0] ?? 0) : 0;
  for (const step of pointer.split('/').slice(1)) {
    const key = step.replaceAll('~1', '/').replaceAll('~0', '~');
    const inner = isSeq(at)
      ? at.items[Number(key)]
      : isMap(at)
        ? at.items.find((pair) => String(pair.key) === key)
        : undefined;
    const named = isPair(inner) ? inner.key : inner;
    if (inner === undefined || !isNode(named)) break;
    offset = (named as Node).range?.[0] ?? offset;
    at = isPair(inner) ? inner.value : inner;
  }
  const { line, col } = counter.linePos(offset);
  return `${line}:${col}`;
}
