import { expect, it } from 'vitest';
import type { Holds, Same } from './proof.ts';

/** Does not compile when a line of it is wrong. */
export type Proof = [
  Holds<Same<{ a: string }, { a: string }>>,
  Holds<Same<{ a?: string | undefined }, { a?: string }>>,
  Holds<Same<{ a: string } & { b?: number }, { a: string; b?: number }>>,
  Holds<Same<{ a?: string } & { [key: string]: unknown }, { [key: string]: unknown; a?: string | undefined }>>,
  Holds<Same<readonly { a: 'x' | 'y' }[], { a: 'y' | 'x' }[]>>,
  Fails<Same<{ a: string }, { a?: string }>>,
  Fails<Same<{ a: string }, { a: string | null }>>,
  Fails<Same<{ a: string }, { a: string; b?: number }>>,
  Fails<Same<{ a: 'x' }, { a: 'x' | 'y' }>>,
  Fails<Same<{ a: { b: string }[] }, { a: { b: number }[] }>>,
  Fails<Same<{ a: string }, { a: unknown }>>,
  Fails<Same<{ a: string }, { [key: string]: unknown; a: string }>>,
  // biome-ignore lint/suspicious/noExplicitAny: the test proves that it is found.
  Fails<Same<{ a: string }, any>>,
  // biome-ignore lint/suspicious/noExplicitAny: the test proves that it is found.
  Fails<Same<{ a: any }, { a: string }>>,
];
type Fails<Proof extends false> = Proof;

it('the proof is checked by tsc', () => {
  const proved: Proof['length'] = 14;
  expect(proved).toBe(14);
});
