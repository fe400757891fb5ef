import { expect, it } from 'vitest';
import { byPrecedence } from './path-template.ts';

it('byPrecedence puts plain segments before parameters and keeps the order otherwise', () => {
  const paths = ['/{x}', '/a/{x}', '/b/c', '/a/c', '/', '/a/{x}/d', '/a/c/{y}'];
  expect([...paths].sort(byPrecedence)).toEqual(['/', '/b/c', '/a/c', '/a/c/{y}', '/a/{x}', '/a/{x}/d', '/{x}']);
});
