import { inexact } from '@moddy/runtime/exact-json';
import { isAlias, isMap, isNode, isPair, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
import { at, type Json, unescaped } from './json.ts';
import type { Rejections } from './rejections.ts';

export interface ReadYaml {
  /** Undefined where the text is no YAML, or no document. */
  readonly json: Json | undefined;
  /** The line and column, `12:7`, of a pointer's value, or of the nearest place around it that exists. */
  readonly placeOf: (pointer: string) => string;
}

/** The document's text as a JSON value. YAML that JSON cannot express is rejected. JSON is YAML, too. */
export function readYaml(text: string, rejections: Rejections): ReadYaml {
  const counter = new LineCounter();
  const document = parseDocument(text, { version: '1.2', schema: 'core', merge: false, lineCounter: counter });
  const placeOf = (pointer: string) => {
    const { line, col } = counter.linePos(offsetOf(document.contents, pointer));
    return `${Math.max(1, line)}:${Math.max(1, col)}`;
  };
  const faults = [...document.errors, ...document.warnings];
  for (const { message, pos } of faults) {
    const { line, col } = counter.linePos(pos[0]);
    rejections.add('', `not readable YAML at ${line}:${col}: ${message.split(' at line ', 1)[0]?.split('\n', 1)[0]}`);
  }
  if (faults.length > 0) return { json: undefined, placeOf };
  visit(document, (_key, node, path) => {
    const pointer = () =>
      [...path, node].reduce<string>((above, step, depth, steps) => {
        const index = isSeq(step) ? step.items.indexOf(steps[depth + 1]) : -1;
        return isPair(step) ? at(above, String(step.key)) : index < 0 ? above : at(above, index);
      }, '');
    // Anything else that an alias leads to stands above it in the text.
    if (isAlias(node) && path.some((step) => isNode(step) && 'anchor' in step && step.anchor === node.source))
      rejections.add(pointer(), `the alias *${node.source} stands within what it means; use $ref`);
    if (isMap(node)) {
      const seen = new Set<string>();
      for (const { key } of node.items) {
        if (!isScalar(key) || (typeof key.value !== 'string' && typeof key.value !== 'number'))
          rejections.add(pointer(), `the key ${String(key)} is not a string; quote it`);
        else if (typeof key.value === 'number' && String(key.value) !== key.source)
          rejections.add(pointer(), `the key ${key.source} would be read as ${key.value}; quote it`);
        else if (key.value === '<<' && key.type === 'PLAIN')
          rejections.add(pointer(), 'YAML 1.2 has no merge key `<<`; write its fields out, or use $ref');
        else if (key.value === '__proto__')
          rejections.add(pointer(), 'the key `__proto__` cannot be read safely; rename it');
        // To yaml, `200` and `'200'` are two keys.
        if (seen.has(String(key)))
          rejections.add(pointer(), `the key ${String(key)} is there twice; remove one of them`);
        seen.add(String(key));
      }
    }
    if (isScalar(node)) checkScalar(node.value, node.source, pointer, rejections);
  });
  if (document.contents === null) rejections.add('', 'the document is empty');
  let json: Json | undefined;
  try {
    if (document.contents !== null && !rejections.all.some(({ message }) => message.startsWith('the alias')))
      json = document.toJS() as Json;
  } catch (cause) {
    // More values than the text can have meant (`maxAliasCount` of yaml).
    const why = cause instanceof Error ? cause.message : cause;
    rejections.add('', `the aliases of this document cannot be written out: ${why}`);
  }
  return { json, placeOf };
}

function checkScalar(value: unknown, source: string | undefined, pointer: () => string, rejections: Rejections): void {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return;
  if (typeof value !== 'number') rejections.add(pointer(), 'not a JSON value; quote it');
  else if (!Number.isFinite(value)) rejections.add(pointer(), 'not a JSON number; leave it out or quote it');
  else if (source !== undefined && inexact(source, value) !== undefined)
    rejections.add(pointer(), 'this number has more digits than can be kept; at most 9007199254740991, or a string');
}

function offsetOf(root: unknown, pointer: string): number {
  let at = root;
  let offset = isNode(at) ? (at.range?.[0] ?? 0) : 0;
  for (const step of pointer.split('/').slice(1)) {
    const key = unescaped(step);
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
  return offset;
}
