import { isObject } from './json.ts';
import type { Place } from './place.ts';
import type { Reader } from './read-schema.ts';
import { type Components, type Discriminator, resolve, type UnionSchema } from './schema.ts';
import { literalOf } from './values.ts';

/** Reads the words of a discriminator; whether they are true is verified when every schema is known. */
export function readDiscriminator(place: Place, { components }: Reader): { discriminator?: Discriminator } {
  if (!isObject(place.json)) return {}; // Rejected with the keys.
  const propertyName = place.at('propertyName');
  const mapping = new Map<string, string>();
  const listed = place.at('mapping');
  if (!listed.isAbsent && !isObject(listed.json)) listed.reject('expected an object from values to schemas');
  for (const [value, target] of listed.entries) {
    const name = /^(?:#\/components\/schemas\/)?([^/]+)$/.exec(target.text ?? '')?.[1];
    if (name !== undefined && components.has(name)) mapping.set(value, name);
    else target.reject(`${JSON.stringify(target.json)}: it leads nowhere; expected \`#/components/schemas/<name>\``);
  }
  if (propertyName.text !== undefined) return { discriminator: { propertyName: propertyName.text, mapping } };
  propertyName.reject('expected the name of a property');
  return {};
}

/**
 * A discriminator asserts nothing: the alternatives alone decide. A reader may go by it all the same, so it has to say
 * what they say: which values stand for which schema, by `mapping` or by the schema's own name.
 */
export function verifyDiscriminator(
  union: UnionSchema & { readonly discriminator: Discriminator },
  place: Place,
  components: Components,
): void {
  const { propertyName, mapping } = union.discriminator;
  const valuesOf = new Map<string, readonly string[] | undefined>();
  for (const [index, alternative] of union.alternatives.entries()) {
    // Null needs no property to be told apart. A rejected schema is null, too.
    if (resolve(alternative, components)?.kind === 'null') continue;
    const here = place.at(union.exactlyOne ? 'oneOf' : 'anyOf', index);
    if (alternative.kind !== 'reference') {
      here.reject('a discriminator tells named schemas apart; move this one to components/schemas');
      continue;
    }
    const values = discriminating(alternative.name, propertyName, components);
    valuesOf.set(alternative.name, values);
    if (values === undefined) {
      here.reject(`\`${alternative.name}\` has to require \`${propertyName}\`, with strings as const or enum`);
      continue;
    }
    for (const value of values) {
      const meant = mapping.get(value) ?? value;
      if (meant === alternative.name) continue;
      place
        .at('discriminator')
        .reject(`\`${value}\` of \`${alternative.name}\` would be read as \`${meant}\`; map it to its schema`);
    }
  }
  for (const [value, name] of mapping) {
    const values = valuesOf.get(name);
    // Rejected above: nothing is known of its values.
    if (valuesOf.has(name) && (values === undefined || values.includes(value))) continue;
    place
      .at('discriminator', 'mapping', value)
      .reject(`no alternative \`${name}\` has \`${value}\` as \`${propertyName}\`; remove the entry or correct it`);
  }
}

/** The values that the property of an object may have; nothing where it may have any other, or none. */
function discriminating(name: string, propertyName: string, components: Components): readonly string[] | undefined {
  const object = resolve({ kind: 'reference', name }, components);
  const property = object?.kind === 'object' ? object.properties.find((one) => one.name === propertyName) : undefined;
  const literal = property?.required && !property.only ? literalOf(property.schema, components) : undefined;
  if (literal === undefined) return undefined;
  const strings = literal.values.filter((value) => typeof value === 'string');
  return strings.length === literal.values.length ? strings : undefined;
}
