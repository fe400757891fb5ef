import { isDeepStrictEqual } from 'node:util';
import type { JsonObject } from '../../compiler/json.ts';
import { operationsOf } from '../../conformance/document.ts';
import { isRuntimeStatus } from '../../statuses.ts';
import { caught, type Verdict } from '../mutant.ts';

/** Whether two documents show the same bodies of 401 and 403: the only examples with a meaning. */
export const showsSameTexts = (one: JsonObject, other: JsonObject): boolean =>
  isDeepStrictEqual(textsOf(one), textsOf(other));

const textsOf = (document: JsonObject) =>
  operationsOf(document).map(({ responses }) => [401, 403].map((status) => responses.get(status)?.examples));

/** The tests answer exactly the handlers' statuses of the document as it was: `make test` compares them. */
export function neverAnswered(document: JsonObject, before: JsonObject): Verdict | undefined {
  const [answered, documented] = [statusesOf(before), statusesOf(document)];
  const idle = documented.find((status) => !answered.includes(status));
  if (idle !== undefined) return caught('answered statuses', `${idle} is never answered`);
  const unknown = answered.find((status) => !documented.includes(status));
  return unknown === undefined ? undefined : caught('answered statuses', `${unknown} is answered and not documented`);
}

const statusesOf = (document: JsonObject): string[] =>
  operationsOf(document).flatMap(({ id, responses }) =>
    [...responses.keys()].filter((status) => !isRuntimeStatus(status)).map((status) => `${id} ${status}`),
  );
