import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { SECRET, startNotes } from '../compiler/testing/notes.ts';
import { fuzz } from './fuzz.ts';

const SEED = Number(process.env.FUZZ_SEED ?? 20_261_128);

it('fuzz reports no fault of a correct service with every kind of response', async () => {
  const { port } = await startNotes();
  const document = parse(readFileSync(new URL('../compiler/fixtures/notes-internal.yaml', import.meta.url), 'utf8'));
  const { requests, statuses, failure } = await fuzz({
    document,
    port,
    secret: SECRET,
    known: ['a1', 'twice', 'later'],
    listable: [],
    seed: SEED,
    requests: 1_000,
  });
  expect(failure).toBeUndefined();
  expect(requests).toBe(1_000);
  // Each documented success was met, so none of them was judged by nothing.
  const met = [...statuses.keys()];
  for (const one of [
    'listNotes 200',
    'addNote 201',
    'countMine 200',
    'readNote 404',
    'touchNote 200',
    'deleteNote 204',
  ]) {
    expect(met).toContain(one);
  }
  expect(met).toContain('no operation 405');
}, 120_000);
