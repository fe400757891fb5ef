import { at, isObject, type Json, own } from './json.ts';
import type { Reader } from './read-schema.ts';
import type { Discriminator } from './schema.ts';

/** Reads the words of a discriminator; whether they are true is verified when every schema is known. */
export function readDiscriminator(
  json: Json | undefined,
  pointer: string,
  { rejections, components }: Reader,
): { discriminator?: Discriminator } {
  if (!isObject(json)) return {}; // Rejected with the keys.
  const propertyName = own(json, 'propertyName');
  const mapping = new Map<string, string>();
  const listed = own(json, 'mapping') ?? {};
  if (!isObject(listed)) rejections.add(at(pointer, 'mapping'), 'expected an object from values to schemas');
  for (const [value, target] of Object.entries(isObject(listed) ? listed : {})) {
    const name = typeof target === 'string' ? /^(?:#\/components\/schemas\/)?([^/]+)$/.exec(target)?.[1] : undefined;
    if (name !== undefined && Object.hasOwn(components, name)) mapping.set(value, name);
    else
      rejections.add(
        at(at(pointer, 'mapping'), value),
        `${JSON.stringify(target)}: it leads nowhere; expected \`#/components/schemas/<name>\``,
      );
  }
  if (typeof propertyName === 'string') return { discriminator: { propertyName, mapping } };
  rejections.add(at(pointer, 'propertyName'), 'expected the name of a property');
  return {};
}
