import { isArray, isObject, type Json, type JsonObject, objectOr, own } from '../../compiler/json.ts';
import { operationsOf, valueAt } from '../../conformance/document.ts';

/** The operations that a change of the document is about, by operationId; all of them where it is about the whole. */
export function affectedOperations(before: JsonObject, after: JsonObject): string[] {
  const old = operationTexts(before);
  const changed = [...operationTexts(after)].filter(([key, text]) => old.get(key)?.text !== text.text);
  const all = [...operationTexts(after).values()];
  return (changed.length > 0 ? changed.map(([, one]) => one) : all).map(({ id }) => id);
}

function operationTexts(document: JsonObject): Map<string, { id: string; text: string }> {
  return new Map(
    operationsOf(document).map(({ id, pointer }) => {
      const whole = { security: own(document, 'security') ?? null, ...objectOr(valueAt(document, pointer)) };
      return [pointer, { id, text: JSON.stringify(expanded(whole, document, [])) }];
    }),
  );
}

/** With everything that is referred to written out. */
function expanded(value: Json, document: JsonObject, above: readonly string[]): Json {
  if (isArray(value)) return value.map((item) => expanded(item, document, above));
  if (!isObject(value)) return value;
  const ref = own(value, '$ref');
  if (typeof ref === 'string' && !above.includes(ref))
    return expanded(valueAt(document, ref.slice(1)) ?? null, document, [...above, ref]);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, expanded(inner, document, above)]));
}
