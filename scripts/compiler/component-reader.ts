import { at, isObject, type Json, type JsonObject, own } from './json.ts';
import type { Shared } from './operation.ts';
import { type Reader, readSchema } from './read-schema.ts';
import type { Rejections } from './rejections.ts';
import { type Components, resolve, type Schema } from './schema.ts';

export type PartKind = 'parameters' | 'headers' | 'responses' | 'requestBodies';
type ReadPart<T> = (json: JsonObject, pointer: string) => T;

/** What operations are made of: reads parts in place or by reference, each component once. */
export class ComponentReader {
  readonly rejections: Rejections;
  readonly bearerSchemes: ReadonlySet<string>;
  /** Schemas outside components/schemas, for the checks that need all of them. */
  readonly inlineSchemas: { readonly schema: Schema; readonly pointer: string }[] = [];
  /** Schemas of parameters and headers, which are read from text. */
  readonly textSchemas: { readonly schema: Schema; readonly pointer: string; readonly mayBeList: boolean }[] = [];
  readonly #reader: Reader;
  readonly #components: JsonObject;
  readonly #read = new Map<string, unknown>();
  readonly #readers = new Map<PartKind, ReadPart<unknown>>();

  constructor(components: JsonObject, reader: Reader) {
    this.rejections = reader.rejections;
    this.#reader = reader;
    this.#components = components;
    this.bearerSchemes = this.#bearerSchemes();
  }

  /** A part written in place, or the component that its `$ref` names. */
  part<T>(kind: PartKind, json: Json | undefined, pointer: string, read: ReadPart<T>): Shared<T> | undefined {
    if (!isObject(json)) return undefined; // Refused with the keys.
    const ref = own(json, '$ref');
    if (ref === undefined) return { value: read(json, pointer) };
    const prefix = `#/components/${kind}/`;
    const name = typeof ref === 'string' && ref.startsWith(prefix) ? ref.slice(prefix.length) : undefined;
    const target = name === undefined ? undefined : own(this.#of(kind), name);
    if (name === undefined || !isObject(target)) {
      this.rejections.add(at(pointer, '$ref'), `${JSON.stringify(ref)}: it leads nowhere; expected ${prefix}<name>`);
      return undefined;
    }
    // Read by the same function each time: a kind has one reader.
    return { component: name, value: this.#component(kind, name, target, read) as T };
  }

  /** Registers how a kind is read, so that components nobody refers to are checked too. */
  reads<T>(kind: PartKind, read: ReadPart<T>): ReadPart<T> {
    this.#readers.set(kind, read);
    return read;
  }

  readAll(): void {
    for (const [kind, read] of this.#readers) {
      for (const [name, json] of Object.entries(this.#of(kind))) {
        if (isObject(json)) this.#component(kind, name, json, read);
      }
    }
  }

  schema(json: Json | undefined, pointer: string): Schema {
    const schema = readSchema(json, pointer, this.#reader);
    this.inlineSchemas.push({ schema, pointer });
    return schema;
  }

  /** @param mayBeList a query parameter or request header may be a list of texts. */
  textSchema(json: Json | undefined, pointer: string, mayBeList: boolean): Schema {
    const schema = this.schema(json, pointer);
    this.textSchemas.push({ schema, pointer, mayBeList });
    return schema;
  }

  /** Text has no null or object, and only one way to be read. */
  verifyText(schema: Schema, pointer: string, mayBeList: boolean, components: Components): void {
    const found = resolve(schema, components);
    if (found === undefined) return;
    if (found.kind === 'array' && mayBeList) {
      this.verifyText(found.items, pointer, false, components);
      return;
    }
    const types = found.kind === 'literal' ? new Set(found.values.map((value) => typeof value)) : undefined;
    if (types ? types.size === 1 && !types.has('object') : TEXT.has(found.kind)) return;
    this.rejections.add(
      pointer,
      'a parameter or header is one string, number, integer or boolean, an enumeration of one of them, or (in a query or ' +
        'request header) a list of such',
    );
  }

  #of(kind: PartKind | 'securitySchemes'): JsonObject {
    const found = own(this.#components, kind);
    return isObject(found) ? found : {};
  }

  #component<T>(kind: PartKind, name: string, json: JsonObject, read: ReadPart<T>): unknown {
    const key = `${kind}/${name}`;
    if (!this.#read.has(key)) {
      const pointer = at(`/components/${kind}`, name);
      if (!/^[A-Za-z][A-Za-z0-9]*$/.test(name))
        this.rejections.add(pointer, 'the name becomes a constant; write it with letters and digits');
      if (own(json, '$ref') !== undefined)
        this.rejections.add(pointer, 'a component that only refers to another; refer to that one');
      this.#read.set(key, read(json, pointer));
    }
    return this.#read.get(key);
  }

  #bearerSchemes(): ReadonlySet<string> {
    const names = new Set<string>();
    for (const [name, json] of Object.entries(this.#of('securitySchemes'))) {
      if (isObject(json) && own(json, 'type') === 'http' && isBearer(own(json, 'scheme'))) names.add(name);
      else
        this.rejections.add(at('/components/securitySchemes', name), 'only `type: http, scheme: bearer` is compiled');
    }
    return names;
  }
}

/** RFC 9110 11.1: the name of a scheme has no case. */
const isBearer = (scheme: Json | undefined) => typeof scheme === 'string' && scheme.toLowerCase() === 'bearer';

const TEXT: ReadonlySet<string> = new Set(['string', 'number', 'integer', 'boolean']);
