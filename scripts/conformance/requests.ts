import fc from 'fast-check';
import { CHANGES } from './changes.ts';
import { goodRequests } from './good-requests.ts';
import type { Request, Target } from './request.ts';

/** Requests of all kinds to all operations, each one derived from the document. */
export function arbitraryRequest(target: Target): fc.Arbitrary<Request> {
  const kinds = Object.values(CHANGES).map(({ weight, change }) => ({ weight, arbitrary: fc.constant(change) }));
  const operations = target.operations.map((operation) => ({
    weight: operation.body ? 4 : 1,
    arbitrary: goodRequests(target, operation),
  }));
  return fc
    .tuple(fc.oneof(...operations), fc.oneof(...kinds), fc.nat())
    .map(([good, change, pick]) => change(good, pick, target) ?? good);
}
