import { isArray, isObject, type Json, type JsonObject, own } from '../../compiler/json.ts';
import { valueAt } from '../../conformance/document.ts';

/** The operations that a change of the document is about, by operationId; all of them where it is about the whole. */
export function affectedOperations(before: JsonObject, after: JsonObject): string[] {
  const old = operationTexts(before);
  const changed = [...operationTexts(after)].filter(([key, text]) => old.get(key)?.text !== text.text);
  const all = [...operationTexts(after).values()];
  return (changed.length > 0 ? changed.map(([, one]) => one) : all).map(({ id }) => id);
}

function operationTexts(document: JsonObject): Map<string, { id: string; text: string }> {
  const found = new Map<string, { id: string; text: string }>();
  const paths = own(document, 'paths');
  for (const [path, item] of Object.entries(isObject(paths) ? paths : {})) {
    for (const [method, operation] of Object.entries(isObject(item) ? item : {})) {
      if (!isObject(operation)) continue;
      const whole = { security: own(document, 'security') ?? null, ...operation };
      const text = JSON.stringify(expanded(whole, document, []));
      found.set(`${method} ${path}`, { id: String(own(operation, 'operationId')), text });
    }
  }
  return found;
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
