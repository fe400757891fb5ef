import { type Place as TextPlace, unsendable } from '@moddy/runtime/client/sendable';
import { isObject } from './json.ts';
import { Names } from './names.ts';
import type { HeaderModel, ParameterModel, RequestBodyModel, ResponseModel, Shared } from './operation.ts';
import type { Place } from './place.ts';
import { readHeader, readParameter } from './read-parameter.ts';
import { readBody, readResponse } from './read-response.ts';
import { type Holder, type Reader, readSchema } from './read-schema.ts';
import { type Components, REJECTED, resolve, type Schema } from './schema.ts';

/** What stands in components, schemas apart. */
interface Parts {
  readonly parameters: ParameterModel;
  readonly headers: HeaderModel;
  readonly responses: ResponseModel;
  /** Undefined for a body that is no JSON. */
  readonly requestBodies: RequestBodyModel | undefined;
}
type PartKind = keyof Parts;

const READERS: { readonly [Kind in PartKind]: (place: Place, reader: ComponentReader) => Parts[Kind] } = {
  parameters: readParameter,
  headers: readHeader,
  responses: readResponse,
  requestBodies: readBody,
};

/** The schema of a parameter or header, which is read from text. */
interface TextSchema {
  readonly schema: Schema;
  readonly at: Place;
  readonly within: TextPlace;
}

/** What operations are made of: reads parts in place or by reference, each component once. */
export class ComponentReader {
  readonly securitySchemes: ReadonlyMap<string, { readonly isBearer: boolean }>;
  /** Schemas outside components/schemas by pointer, for the checks that need all of them. */
  readonly inline = new Map<string, Schema>();
  readonly textSchemas: TextSchema[] = [];
  readonly #reader: Reader;
  readonly #components: Place;
  readonly #names = new Names();
  readonly #read = new Map<string, unknown>();

  constructor(components: Place, reader: Reader) {
    this.#reader = reader;
    this.#components = components;
    this.securitySchemes = new Map(
      components.at('securitySchemes').entries.map(([name, one]) => [name, readScheme(one)]),
    );
  }

  /** A part written in place, or the component that its `$ref` names. */
  part<Kind extends PartKind>(kind: Kind, place: Place): Shared<Parts[Kind]> | undefined {
    if (!isObject(place.json)) return undefined; // Rejected with the keys.
    const ref = place.at('$ref');
    if (ref.isAbsent) return { value: READERS[kind](place, this) };
    const prefix = `#/components/${kind}/`;
    const name = ref.text?.startsWith(prefix) ? ref.text.slice(prefix.length) : undefined;
    const target = this.#components.at(kind, name ?? '');
    if (name !== undefined && isObject(target.json))
      return { component: name, value: this.#component(kind, name, target) };
    ref.reject(`${JSON.stringify(ref.json)}: it leads nowhere; write ${prefix}<name> of one that is there`);
    return undefined;
  }

  /** Reads the components that nobody refers to, too. */
  readAll(): void {
    for (const kind of Object.keys(READERS) as PartKind[]) {
      for (const [name, place] of this.#components.at(kind).entries) {
        if (isObject(place.json)) this.#component(kind, name, place);
      }
    }
  }

  schema(place: Place, holder: Holder = 'other'): Schema {
    const schema = readSchema(place, this.#reader, holder);
    this.inline.set(place.pointer, schema);
    return schema;
  }

  textSchema(place: Place, within: TextPlace): Schema {
    const schema = this.schema(place, 'parameter');
    this.textSchemas.push({ schema, at: place, within });
    return schema;
  }

  /** Text has no null or object, and only one way to be read. */
  verifyText({ schema, at, within }: TextSchema, components: Components, isItem = false): void {
    const found = resolve(schema, components);
    if (found === undefined || found === REJECTED) return;
    if (found.kind === 'array' && within !== 'response header' && !isItem) {
      this.verifyText({ schema: found.items, at, within }, components, true);
      return;
    }
    const types = found.kind === 'literal' ? new Set(found.values.map((value) => typeof value)) : undefined;
    if (types ? types.size !== 1 || types.has('object') : !TEXT.has(found.kind))
      at.reject(
        'write one string, number, integer, boolean or enumeration, or (but in a response header) a list of one; no null',
      );
    for (const value of found.kind === 'literal' ? found.values : []) {
      const fault = typeof value === 'string' ? unsendable(value, within, isItem) : undefined;
      if (fault) at.reject(`${JSON.stringify(value)} ${fault}; write another value`);
    }
  }

  #component<Kind extends PartKind>(kind: Kind, name: string, place: Place): Parts[Kind] {
    if (!this.#read.has(place.pointer)) {
      const taken = this.#names.claim(kind, name);
      if (taken !== undefined) place.reject(taken);
      if (!place.at('$ref').isAbsent) place.reject(ONLY_REFERS);
      this.#read.set(place.pointer, READERS[kind](place, this));
    }
    // Set above, by the reader of the same kind.
    return this.#read.get(place.pointer) as Parts[Kind];
  }
}

const ONLY_REFERS = 'a component that only refers to another; refer to that one';
const TEXT: ReadonlySet<string> = new Set(['string', 'number', 'integer', 'boolean']);

function readScheme(place: Place): { readonly isBearer: boolean } {
  const type = place.at('type');
  // RFC 9110 11.1: the name of a scheme has no case.
  const isBearer = type.json === 'http' && place.at('scheme').text?.toLowerCase() === 'bearer';
  if (!place.at('$ref').isAbsent) place.reject(ONLY_REFERS);
  else if (place.rejections.isServed && !isBearer)
    place.reject('our services check a bearer; write `type: http, scheme: bearer`');
  else if (type.text === undefined) type.reject('expected apiKey, http, mutualTLS, oauth2 or openIdConnect');
  return { isBearer };
}
