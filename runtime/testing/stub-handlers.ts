import type { Contract } from '../contract.ts';
import type { Handlers } from '../http/implement.ts';

/** Handlers of a whole contract from those a test gives; every other operation answers 500 when it is called. */
export function stubHandlers<Operations, Context>(
  contract: Contract<Operations>,
  given: Partial<Handlers<Operations, Context>>,
): Handlers<Operations, Context> {
  const missing = (id: string) => () => {
    throw new Error(`${id} has no stub in this test`);
  };
  const all = Object.fromEntries(Object.keys(contract.operations).map((id) => [id, missing(id)]));
  // Every operation has an entry, and those given have their own types.
  return { ...all, ...given } as Handlers<Operations, Context>;
}
