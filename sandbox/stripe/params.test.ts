import { describe, expect, it } from 'vitest';
import { mergeMetadata, parseForm } from './params.ts';

describe('form bodies', () => {
  it.each([
    ['a=1&b=', { a: '1', b: '' }],
    [
      'items[0][price]=p&items[0][quantity]=2&items[1][price]=q',
      { items: [{ price: 'p', quantity: '2' }, { price: 'q' }] },
    ],
    ['expand[]=a&expand[]=b.c', { expand: ['a', 'b.c'] }],
    ['expand%5B0%5D=a', { expand: ['a'] }],
    ['metadata[0]=x&metadata[discord_id]=1', { metadata: { '0': 'x', discord_id: '1' } }],
    ['metadata[a b]=x%20y%2Bz', { metadata: { 'a b': 'x y+z' } }],
    ['subscription_data[metadata][k]=v', { subscription_data: { metadata: { k: 'v' } } }],
  ])('parse %s', (form, expected) => {
    expect(parseForm(form)).toEqual(expected);
  });

  it('cannot pollute a prototype', () => {
    parseForm('__proto__[polluted]=1&constructor[prototype][polluted]=1');
    expect({}).not.toHaveProperty('polluted');
  });
});

it('mergeMetadata rejects metadata beyond its limits', () => {
  expect(() => mergeMetadata({}, { metadata: { k: 'v'.repeat(501) } })).toThrow('500 characters');
  expect(() => mergeMetadata({}, { metadata: { ['k'.repeat(41)]: 'v' } })).toThrow('40 characters');
});
