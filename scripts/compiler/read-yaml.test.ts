import { expect, it } from 'vitest';
import { readYaml } from './read-yaml.ts';
import { Rejections } from './rejections.ts';

function rejectionsOf(text: string): string[] {
  const rejections = new Rejections();
  readYaml(text, rejections);
  return rejections.all.map(({ pointer, message }) => `${pointer}: ${message}`);
}

it('reads plain YAML as JSON', () => {
  const rejections = new Rejections();
  expect(readYaml('a: [1, 1.5, x, null, true]\n200: { b: "" }', rejections)).toEqual({
    a: [1, 1.5, 'x', null, true],
    200: { b: '' },
  });
  expect(rejections.all).toEqual([]);
});

it.each([
  ['a key twice', 'a: 1\na: 2', ''],
  ['broken text', 'a: [1', ''],
  ['nothing', '', ''],
  ['an alias', 'a: &x 1\nb: *x', '/b'],
  ['an unknown tag', 'a: !date 2020-01-01', ''],
  ['a key that is no string', 'a:\n  ? [1]\n  : 2', '/a'],
  ['a key that JavaScript takes for itself', 'a: { __proto__: 1 }', '/a'],
  ['infinity', 'a: .inf', '/a'],
  ['digits that would be lost', 'a: { b: 9007199254740993 }', '/a/b'],
])('refuses %s', (_why, text, pointer) => {
  expect(rejectionsOf(text).map((line) => line.split(': ')[0])).toContain(pointer);
});
