import { at, isObject, type JsonObject, own } from '../compiler/json.ts';
import { followed, valueAt } from '../conformance/document.ts';

/** A response that the runtime answers and the document lacks, or the reverse. */
export interface StatusFault {
  /** The place that is wrong: the responses of an operation, one of them, or its headers. */
  readonly pointer: string;
  readonly message: string;
  /** A YAML line to paste into the place, or what else is to do. */
  readonly cure: { readonly paste: string } | { readonly advice: string };
}

interface RuntimeHeader {
  readonly name: string;
  /** Its usual name among the components. */
  readonly component: string;
  readonly schema: string;
  /** Sent with these statuses only. */
  readonly statuses?: readonly string[];
}

const HEADERS: readonly RuntimeHeader[] = [
  { name: 'X-Request-Id', component: 'RequestId', schema: '{ type: string }' },
  { name: 'Retry-After', component: 'RetryAfter', schema: '{ type: integer, minimum: 1 }', statuses: ['429', '503'] },
];

/** The headers that the runtime sends with a status. */
export const headersOf = (status: string): RuntimeHeader[] =>
  HEADERS.filter(({ statuses }) => statuses?.includes(status) ?? true);

/** Every header that the runtime sends is documented as required. */
export function headerFaults(document: JsonObject, response: string, status: string): StatusFault[] {
  const { pointer, json } = followed(document, response);
  const listed = own(json, 'headers');
  const names = isObject(listed) ? Object.keys(listed) : [];
  return headersOf(status).flatMap((header): StatusFault[] => {
    const { name } = header;
    const found = names.find((one) => one.toLowerCase() === name.toLowerCase());
    if (found === undefined) {
      const message = `${name} is missing, which the runtime sends with every ${status}`;
      const entry = `${name}: ${referenceTo(document, header)}`;
      return isObject(listed)
        ? [{ pointer: `${pointer}/headers`, message, cure: { paste: entry } }]
        : [{ pointer, message, cure: { paste: `headers: { ${entry} }` } }];
    }
    const place = followed(document, at(`${pointer}/headers`, found));
    if (own(place.json, 'required') === true) return [];
    const message = `${name} is not required, and the runtime sends it with every ${status}`;
    return [{ pointer: place.pointer, message, cure: { advice: 'set required: true' } }];
  });
}

/** A header of the document's components where it fits, else the header written out. */
export function referenceTo(document: JsonObject, { component, schema }: RuntimeHeader): string {
  const pointer = `/components/headers/${component}`;
  const fits = valueAt(document, `${pointer}/required`) === true;
  return fits ? `{ $ref: '#${pointer}' }` : `{ required: true, schema: ${schema} }`;
}
