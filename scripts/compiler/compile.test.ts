import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { compile } from './compile.ts';
import { digestOf } from './digest.ts';
import { edited, MESSAGE, OPERATION, plainDocument } from './testing/document.ts';

const fixtures = join(import.meta.dirname, 'fixtures');

it('compiles the fixture to the committed files', async () => {
  const output = await compile('library-internal', readFileSync(join(fixtures, 'library-internal.yaml'), 'utf8'));
  expect([...output.keys()]).toEqual(['types.ts', 'schemas.ts', 'routes.ts', 'client.ts']);
  for (const [name, text] of output) {
    const committed = readFileSync(join(fixtures, 'library-internal', name), 'utf8');
    const mend =
      'if the change is meant: node scripts/generate.ts --document scripts/compiler/fixtures/library-internal.yaml --out scripts/compiler/fixtures/library-internal';
    expect(text, mend).toBe(committed);
  }
});

it('gives the same text for the same document', async () => {
  const text = readFileSync(join(fixtures, 'library-internal.yaml'), 'utf8');
  expect([...(await compile('library-internal', text))]).toEqual([...(await compile('library-internal', text))]);
});

it('refuses a name that cannot become a constant', async () => {
  for (const name of ['Library', 'new', 'schemas', 'create-route', 'on-input', 'a_b']) {
    await expect(compile(name, 'openapi: 3.1.0')).rejects.toThrow('kebab-case');
  }
});

it.each([
  ['a description', '/info/description', 'Prose'],
  ['a summary', `${OPERATION}/summary`, 'Prose'],
  ['an example', `${MESSAGE}/properties/text/example`, 'a'],
  ['tags', '/tags', []],
  ['servers', '/servers', []],
])('the digest is the same with %s', (_why, pointer, value) => {
  expect(digestOf(edited(plainDocument, pointer, value))).toBe(digestOf(plainDocument));
});

it.each([
  ['a property named description', `${MESSAGE}/properties/description`, { type: 'string' }],
  ['a property named tags', `${MESSAGE}/properties/tags`, { type: 'string' }],
  ['a bound', `${MESSAGE}/properties/text/maxLength`, 3],
  ['an extension', `${MESSAGE}/x-max-bytes`, 3],
  ['a version', '/info/version', '1.0.1'],
])('the digest is another with %s', (_why, pointer, value) => {
  expect(digestOf(edited(plainDocument, pointer, value))).not.toBe(digestOf(plainDocument));
});

it('the digest does not depend on the order of keys', () => {
  const reversed = Object.fromEntries(Object.entries(plainDocument).reverse());
  expect(digestOf(reversed)).toBe(digestOf(plainDocument));
});
