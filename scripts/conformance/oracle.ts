import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import { isArray, isObject, type Json, type JsonObject, listOr, objectOr, own } from '../compiler/json.ts';

/*
 * The expected result of reading a value, from ajv and the words of the contract. It shares nothing with the compiler,
 * the generated code or the runtime.
 */

export type Mode = 'request' | 'strict' | 'tolerant';

export class Oracle {
  readonly #schemas: Readonly<Record<string, Json>>;
  readonly #ajvs = new Map<Mode, Ajv2020>();
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(schemas: Readonly<Record<string, Json>>) {
    this.#schemas = schemas;
  }

  accepts(schema: Json, value: Json, mode: Mode): boolean {
    return this.validator(schema, mode)(value);
  }

  /** Names what is wrong in its `errors`. */
  validator(schema: Json, mode: Mode): ValidateFunction {
    const key = `${mode} ${JSON.stringify(schema)}`;
    const validate = this.#validators.get(key) ?? this.#ajv(mode).compile({ allOf: [this.#inMode(schema, mode)] });
    this.#validators.set(key, validate);
    return validate;
  }

  #ajv(mode: Mode): Ajv2020 {
    let ajv = this.#ajvs.get(mode);
    if (!ajv) {
      const $defs = Object.fromEntries(
        Object.entries(this.#schemas).map(([name, one]) => [name, this.#inMode(one, mode)]),
      );
      ajv = newAjv().addSchema({ $id: 'components', $defs });
      this.#ajvs.set(mode, ajv);
    }
    return ajv;
  }

  /** The value as it is read; only for accepted ones. */
  read(schema: Json, value: Json, mode: Mode): Json {
    if (!isObject(schema)) return value;
    const ref = own(schema, '$ref');
    if (typeof ref === 'string' && Object.keys(schema).length === 1) return this.read(this.#target(ref), value, mode);
    const listed = own(schema, 'anyOf') ?? own(schema, 'oneOf');
    if (isArray(listed)) {
      const match = listed.find((one) => this.accepts(one, value, mode));
      return match === undefined ? value : this.read(match, value, mode);
    }
    const values = own(schema, 'enum');
    const fallback = own(schema, 'x-moddy-unknown-value');
    if (fallback !== undefined && mode !== 'strict' && isArray(values) && !values.includes(value)) return fallback;
    const items = own(schema, 'items');
    if (isArray(value) && items !== undefined) return value.map((item) => this.read(items, item, mode));
    return isObject(value) && isObjectSchema(schema) ? this.#readObject(schema, value, mode) : value;
  }

  #readObject(schema: JsonObject, value: JsonObject, mode: Mode): Json {
    const parts = this.#parts(schema);
    const properties = new Map(parts.flatMap((part) => Object.entries(objectOr(own(part, 'properties')))));
    const required = new Set(parts.flatMap((part) => listOr(own(part, 'required'))));
    const additional = parts
      .map((part) => own(part, 'additionalProperties') ?? own(part, 'unevaluatedProperties'))
      .find((one) => one !== undefined);
    // A required field without a property has any value.
    for (const name of required) if (!properties.has(String(name))) properties.set(String(name), {});
    const read: Record<string, Json> = {};
    for (const [name, property] of properties) {
      if (isHidden(parts, name, mode)) continue;
      const fallback = isObject(property) ? own(property, 'default') : undefined;
      const sent = own(value, name);
      const readable =
        sent !== undefined && (mode !== 'tolerant' || required.has(name) || this.accepts(property, sent, mode));
      if (readable) read[name] = this.read(property, sent, mode);
      else if (fallback !== undefined) read[name] = fallback;
    }
    for (const name of Object.keys(value)) {
      if (properties.has(name) || name === '__proto__' || additional === undefined || additional === false) continue;
      read[name] = additional === true ? (value[name] ?? null) : this.read(additional, value[name] ?? null, mode);
    }
    return read;
  }

  #parts(schema: JsonObject): JsonObject[] {
    const ref = own(schema, '$ref');
    const { $ref: _, ...rest } = schema;
    if (typeof ref === 'string') return [...this.#parts(objectOr(this.#target(ref))), ...this.#parts(rest)];
    const listed = own(schema, 'allOf');
    return isArray(listed) ? [...listed.flatMap((part) => this.#parts(objectOr(part))), schema] : [schema];
  }

  #target(ref: string): Json {
    return this.#schemas[ref.slice('#/components/schemas/'.length)] ?? true;
  }

  /**
   * The JSON Schema which accepts exactly what a mode must accept.
   * @param whole the object that a part of an allOf belongs to: it says for all parts what is required.
   */
  #inMode(schema: Json, mode: Mode, whole?: JsonObject): Json {
    if (!isObject(schema)) return schema;
    const ref = own(schema, '$ref');
    if (typeof ref === 'string' && Object.keys(schema).length === 1) {
      const name = ref.slice('#/components/schemas/'.length);
      return whole ? this.#inMode(this.#target(ref), mode, whole) : { $ref: `components#/$defs/${name}` };
    }
    if (typeof ref === 'string') {
      const { $ref: _, unevaluatedProperties: closed, ...rest } = schema;
      const both = { allOf: [{ $ref: ref }, rest], ...(closed !== undefined && { unevaluatedProperties: closed }) };
      return this.#inMode(both, mode, whole);
    }
    if (own(schema, 'x-moddy-unknown-value') !== undefined && mode !== 'strict') return { type: 'string' };
    const changed: Record<string, Json> = { ...schema };
    for (const key of ['anyOf', 'oneOf']) {
      const listed = own(schema, key);
      if (isArray(listed)) changed[key] = listed.map((one) => this.#inMode(one, mode));
    }
    const parts = own(schema, 'allOf');
    if (isArray(parts)) changed.allOf = parts.map((one) => this.#inMode(one, mode, whole ?? schema));
    if (own(schema, 'items') !== undefined) changed.items = this.#inMode(own(schema, 'items') ?? true, mode);
    if (!isObjectSchema(schema)) return changed;
    const all = this.#parts(whole ?? schema);
    const properties = objectOr(own(schema, 'properties'));
    const isHere = (name: Json) => !isHidden(all, String(name), mode);
    const required = new Set(all.flatMap((part) => listOr(own(part, 'required'))).filter(isHere));
    const inner: Record<string, Json> = {};
    for (const [name, property] of Object.entries(properties)) {
      // It may come, and is ignored.
      if (!isHere(name) && mode !== 'strict') inner[name] = true;
      if (!isHere(name)) continue;
      inner[name] = mode === 'tolerant' && !required.has(name) ? true : this.#inMode(property, mode);
      if (mode === 'strict' && isObject(property) && own(property, 'default') !== undefined) required.add(name);
    }
    const additional = own(schema, 'additionalProperties');
    const listed = new Set(all.flatMap((part) => Object.keys(objectOr(own(part, 'properties')))));
    if (!whole) for (const name of required) if (!listed.has(String(name))) inner[String(name)] = true;
    changed.properties = inner;
    changed.required = [...required];
    if (isObject(additional)) changed.additionalProperties = this.#inMode(additional, mode);
    const opened = this.#parts(schema).some(
      (part) => own(part, 'additionalProperties') !== undefined || own(part, 'unevaluatedProperties') !== undefined,
    );
    // Among what conditions evaluate, ajv takes `__proto__` for known.
    const closing = isArray(parts) ? 'unevaluatedProperties' : 'additionalProperties';
    if (mode === 'strict' && !whole && !opened) changed[closing] = false;
    return changed;
  }
}

/** `readOnly` in a request, `writeOnly` in an answer. */
const isHidden = (parts: readonly JsonObject[], name: string, mode: Mode): boolean =>
  parts.some(
    (part) =>
      own(objectOr(own(objectOr(own(part, 'properties')), name)), mode === 'request' ? 'readOnly' : 'writeOnly') ===
      true,
  );

const isObjectSchema = (schema: JsonObject): boolean => {
  const type = own(schema, 'type');
  return (
    type === 'object' ||
    (isArray(type) && type.includes('object')) ||
    isArray(own(schema, 'allOf')) ||
    own(schema, 'properties') !== undefined
  );
};

/** Knows our extensions. */
function newAjv(): Ajv2020 {
  const ajv = new Ajv2020({
    strict: false,
    unicodeRegExp: true,
    allErrors: true,
    validateFormats: false,
    validateSchema: false,
    multipleOfPrecision: 9,
  });
  const about = ['object', 'array'] as const;
  const bytes = (limit: number, value: Json) => new TextEncoder().encode(JSON.stringify(value)).length <= limit;
  const levels = (value: Json): number =>
    typeof value === 'object' && value !== null ? 1 + Math.max(0, ...Object.values(value).map(levels)) : 0;
  const areDistinct = ajv.compile<readonly Json[]>({ uniqueItems: true });
  const apart = ([one, other]: [string, string], value: JsonObject) => {
    const [left, right] = [own(value, one), own(value, other)];
    if (!isArray(left) || !isArray(right)) return true;
    return left.every((a) => right.every((b) => areDistinct([a, b])));
  };
  ajv.addKeyword({ keyword: 'x-moddy-max-bytes', type: [...about], validate: bytes });
  ajv.addKeyword({
    keyword: 'x-moddy-max-depth',
    type: [...about],
    validate: (max: number, value: Json) => levels(value) <= max,
  });
  ajv.addKeyword({ keyword: 'x-moddy-disjoint', type: 'object', validate: apart });
  return ajv;
}
