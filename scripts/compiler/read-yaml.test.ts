import { expect, it } from 'vitest';
import { readYaml } from './read-yaml.ts';
import { Rejections } from './rejections.ts';

function rejectionsOf(text: string): string[] {
  const rejections = new Rejections();
  readYaml(text, rejections);
  return rejections.all.map(({ pointer, message }) => `${pointer}: ${message}`);
}

/** Each list holds the one before ten times. */
const bomb = Array.from({ length: 9 }, (_, n) => `a${n + 1}: &a${n + 1} [${Array(10).fill(`*a${n}`).join(', ')}]`).join(
  '\n',
);

it('reads plain YAML as JSON', () => {
  const rejections = new Rejections();
  expect(readYaml('a: [1, 1.5, x, null, true]\n200: { b: "" }', rejections).json).toEqual({
    a: [1, 1.5, 'x', null, true],
    200: { b: '' },
  });
  expect(rejections.all).toEqual([]);
});

it('reads an alias as its value', () => {
  const rejections = new Rejections();
  expect(readYaml('a: &x { b: 1 }\nc: [*x, *x]', rejections).json).toEqual({ a: { b: 1 }, c: [{ b: 1 }, { b: 1 }] });
  expect(rejections.all).toEqual([]);
});

it('reads JSON, also with tabs', () => {
  const rejections = new Rejections();
  expect(readYaml('{\n\t"a": {\n\t\t"1.10": "\\u00e9"\n\t}\n}', rejections).json).toEqual({ a: { '1.10': 'é' } });
  expect(rejections.all).toEqual([]);
});

it('continues after a fault and reports the place of each', () => {
  const rejections = new Rejections();
  const { json, placeOf } = readYaml('a: .inf\nb:\n  010: x\n', rejections);
  expect(json).toBeDefined();
  expect(rejections.all.map(({ pointer }) => placeOf(pointer))).toEqual(['1:1', '2:1']);
});

it.each([
  ['a key twice', 'a: 1\na: 2', ''],
  ['a key twice, once as a number', "a: { 200: 1, '200': 2 }", '/a'],
  ['broken text', 'a: [1', ''],
  ['an empty file', '', ''],
  ['an alias within its own value', 'a: &x { b: *x }', '/a/b'],
  ['an alias bomb', `a0: &a0 [1]\n${bomb}`, ''],
  ['a key whose digits would change', 'a: { 1.10: x }', '/a'],
  ['a key that begins with zero', 'a: { 010: x }', '/a'],
  ['a key with more digits than a number', 'a: { 123456789012345678: x }', '/a'],
  ['an unknown tag', 'a: !date 2020-01-01', ''],
  ['a key that is no string', 'a:\n  ? [1]\n  : 2', '/a'],
  ['the key __proto__', 'a: { __proto__: 1 }', '/a'],
  ['a merge key, which is a field of this name in YAML 1.2', 'a: &x { b: 1 }\nc: { <<: *x }', '/c'],
  ['infinity', 'a: .inf', '/a'],
  ['an integer beyond a double', 'a: { b: 9007199254740993 }', '/a/b'],
  ['an integer beyond a double in a list', 'a: [1, [{ b: 9007199254740993 }]]', '/a/1/0/b'],
  ['an integer beyond a double with a fraction of zero', 'a: { b: 9007199254740993.0 }', '/a/b'],
])('rejects %s', (_why, text, pointer) => {
  expect(rejectionsOf(text).map((line) => line.split(': ')[0])).toContain(pointer);
});
