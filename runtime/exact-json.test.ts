import { expect, it } from 'vitest';
import { parseExactly, withNumbers } from './exact-json.ts';

const LARGE = 9_007_199_254_740_993n;

const leafOf = (value: unknown): unknown =>
  typeof value === 'object' && value !== null ? leafOf(Object.values(value).at(-1)) : value;

/** Wherever a number can stand in JSON. */
it.each([
  '#',
  ' #',
  '\n\t#',
  '[#]',
  '[1,#]',
  '[1, #]',
  '[[#]]',
  '{"a":#}',
  '{"a": #}',
  '{"a":\r\n#}',
  '{"a":"1234567890123456","b":#}',
])('%j is read exactly, and as a number where any value is allowed', (text) => {
  for (const [digits, exact] of [
    [`${LARGE}`, LARGE],
    [`-${LARGE}`, -LARGE],
    [`${LARGE}.0`, LARGE],
    ['9007199254740992', 9_007_199_254_740_992],
    ['0.12345678901234567', Number('0.12345678901234567')],
  ] as const) {
    const json = text.replace('#', digits);
    const parsed = parseExactly(json);
    expect([leafOf(parsed), leafOf(withNumbers(parsed, json))], json).toEqual([exact, Number(exact)]);
  }
});

it('an id of Discord in quotes is a text', () => {
  expect(parseExactly('{"discord_id":"123456789012345678"}')).toEqual({ discord_id: '123456789012345678' });
});
