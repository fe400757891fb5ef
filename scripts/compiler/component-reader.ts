import { type Place, unsendable } from '@moddy/runtime/client/sendable';
import { at, isObject, type Json, type JsonObject, own } from './json.ts';
import { Names } from './names.ts';
import type { HeaderModel, ParameterModel, RequestBodyModel, ResponseModel, Shared } from './operation.ts';
import { readHeader, readParameter } from './read-parameter.ts';
import { readBody, readResponse } from './read-response.ts';
import { type Holder, type Reader, readSchema } from './read-schema.ts';
import type { Rejections } from './rejections.ts';
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

const READERS: {
  readonly [Kind in PartKind]: (json: JsonObject, pointer: string, reader: ComponentReader) => Parts[Kind];
} = {
  parameters: readParameter,
  headers: readHeader,
  responses: readResponse,
  requestBodies: readBody,
};

export interface SecurityScheme {
  readonly isBearer: boolean;
}

/** What operations are made of: reads parts in place or by reference, each component once. */
export class ComponentReader {
  readonly rejections: Rejections;
  /** True for a document that our runtime serves: it may not say anything that is not served. */
  readonly isServed: boolean;
  readonly securitySchemes: ReadonlyMap<string, SecurityScheme>;
  /** Schemas outside components/schemas by pointer, for the checks that need all of them. */
  readonly inline = new Map<string, Schema>();
  /** Schemas of parameters and headers, which are read from text. */
  readonly textSchemas: { readonly schema: Schema; readonly pointer: string; readonly place: Place }[] = [];
  readonly #reader: Reader;
  readonly #components: JsonObject;
  readonly #names = new Names();
  readonly #read = new Map<string, unknown>();

  constructor(components: JsonObject, reader: Reader, isServed: boolean) {
    this.rejections = reader.rejections;
    this.isServed = isServed;
    this.#reader = reader;
    this.#components = components;
    this.securitySchemes = this.#securitySchemes();
  }

  /** Says what is not compiled of a foreign document; of our own it is rejected. @returns whether it was left out. */
  leaveOut(pointer: string, why: string): boolean {
    if (this.isServed) this.rejections.add(pointer, why);
    else this.rejections.leaveOut(pointer, why);
    return !this.isServed;
  }

  /** A part written in place, or the component that its `$ref` names. */
  part<Kind extends PartKind>(kind: Kind, json: Json | undefined, pointer: string): Shared<Parts[Kind]> | undefined {
    if (!isObject(json)) return undefined; // Rejected with the keys.
    const ref = own(json, '$ref');
    if (ref === undefined) return { value: READERS[kind](json, pointer, this) };
    const prefix = `#/components/${kind}/`;
    const name = typeof ref === 'string' && ref.startsWith(prefix) ? ref.slice(prefix.length) : undefined;
    const target = name === undefined ? undefined : own(this.#of(kind), name);
    if (name === undefined || !isObject(target)) {
      this.rejections.add(
        at(pointer, '$ref'),
        `${JSON.stringify(ref)}: it leads nowhere; write ${prefix}<name> of one that is there`,
      );
      return undefined;
    }
    return { component: name, value: this.#component(kind, name, target) };
  }

  /** Reads the components that nobody refers to, too. */
  readAll(): void {
    for (const kind of Object.keys(READERS) as PartKind[]) {
      for (const [name, json] of Object.entries(this.#of(kind))) {
        if (isObject(json)) this.#component(kind, name, json);
      }
    }
  }

  schema(json: Json | undefined, pointer: string, holder: Holder = 'other'): Schema {
    const schema = readSchema(json, pointer, this.#reader, holder);
    this.inline.set(pointer, schema);
    return schema;
  }

  textSchema(json: Json | undefined, pointer: string, place: Place): Schema {
    const schema = this.schema(json, pointer, 'parameter');
    this.textSchemas.push({ schema, pointer, place });
    return schema;
  }

  /** Text has no null or object, and only one way to be read. */
  verifyText(schema: Schema, pointer: string, place: Place, components: Components, isItem = false): void {
    const found = resolve(schema, components);
    if (found === undefined || found === REJECTED) return;
    if (found.kind === 'array' && place !== 'response header' && !isItem) {
      this.verifyText(found.items, pointer, place, components, true);
      return;
    }
    const types = found.kind === 'literal' ? new Set(found.values.map((value) => typeof value)) : undefined;
    if (types ? types.size !== 1 || types.has('object') : !TEXT.has(found.kind)) {
      this.rejections.add(
        pointer,
        'a parameter or header is one string, number, integer or boolean, an enumeration of one of them, or (but in a ' +
          'response header) a list of such; write one of these, and leave null out: an absent parameter says the same',
      );
    }
    for (const value of found.kind === 'literal' ? found.values : []) {
      const fault = typeof value === 'string' ? unsendable(value, place, isItem) : undefined;
      if (fault) this.rejections.add(pointer, `${JSON.stringify(value)} ${fault}; write another value`);
    }
  }

  #of(kind: PartKind | 'securitySchemes'): JsonObject {
    const found = own(this.#components, kind);
    return isObject(found) ? found : {};
  }

  #component<Kind extends PartKind>(kind: Kind, name: string, json: JsonObject): Parts[Kind] {
    const key = `${kind}/${name}`;
    if (!this.#read.has(key)) {
      const pointer = at(`/components/${kind}`, name);
      const taken = this.#names.claim(kind, name);
      if (taken !== undefined) this.rejections.add(pointer, taken);
      if (own(json, '$ref') !== undefined)
        this.rejections.add(pointer, 'a component that only refers to another; refer to that one');
      this.#read.set(key, READERS[kind](json, pointer, this));
    }
    // Set above, by the reader of the same kind.
    return this.#read.get(key) as Parts[Kind];
  }

  #securitySchemes(): ReadonlyMap<string, SecurityScheme> {
    const schemes = new Map<string, SecurityScheme>();
    for (const [name, json] of Object.entries(this.#of('securitySchemes'))) {
      if (!isObject(json)) continue; // Rejected with the keys.
      // RFC 9110 11.1: the name of a scheme has no case.
      const isBearer = own(json, 'type') === 'http' && String(own(json, 'scheme')).toLowerCase() === 'bearer';
      schemes.set(name, { isBearer });
      const pointer = at('/components/securitySchemes', name);
      if (own(json, '$ref') !== undefined)
        this.rejections.add(pointer, 'a component that only refers to another; refer to that one');
      else if (this.isServed && !isBearer)
        this.rejections.add(pointer, 'our services check a bearer; write `type: http, scheme: bearer`');
      else if (typeof own(json, 'type') !== 'string')
        this.rejections.add(at(pointer, 'type'), 'expected apiKey, http, mutualTLS, oauth2 or openIdConnect');
    }
    return schemes;
  }
}

const TEXT: ReadonlySet<string> = new Set(['string', 'number', 'integer', 'boolean']);
