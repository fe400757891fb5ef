import { Ajv2020, type ErrorObject, type ValidateFunction } from 'ajv/dist/2020.js';
import { isArray, isObject, type Json, type JsonObject, own } from '../compiler/json.ts';
import type { FieldText } from './document.ts';

/*
 * The independent oracle: ajv, and the `x-` rules once more in a few lines. It shares nothing with the compiler, the
 * generated code or the runtime.
 */

export interface Flaw {
  /** JSON pointer within the judged value. */
  readonly path: string;
  /** Paths below it name the same flaw: the keyword is about more than one element. */
  readonly orBelow: boolean;
}

export class Judge {
  readonly #ajv = { sent: newAjv(), answered: newAjv() };
  readonly #validators = new Map<string, ValidateFunction>();

  constructor(document: JsonObject) {
    this.#ajv.sent.addSchema({ ...asRead(document), $id: 'contract' });
    this.#ajv.answered.addSchema({ ...asSent(document, document), $id: 'contract' });
  }

  /** What is wrong with a value that a server reads; the server ignores fields that it does not know. */
  flawsOfRequest(schema: string, value: Json): Flaw[] {
    return this.#flaws('sent', schema, value);
  }

  /** What is wrong with a value that a server sends; it may send nothing that the document lacks. */
  flawsOfAnswer(schema: string, value: Json): Flaw[] {
    return this.#flaws('answered', schema, value);
  }

  /** Whether the text of a parameter or header is allowed; several where a query repeats it. */
  acceptsTexts(field: FieldText, texts: readonly string[]): boolean {
    const [text = ''] = texts;
    const items = field.in === 'query' ? texts : texts.flatMap((one) => one.split(','));
    // The items of a list are read alike: all as texts, or each as what JSON reads in it.
    const lists: Json[] = [items, items.map((one) => readings(one).at(-1) ?? one)];
    const values = texts.length === 1 ? [...readings(text), ...lists] : lists;
    return values.some((value) => this.flawsOfRequest(field.schema, value).length === 0);
  }

  #flaws(side: 'sent' | 'answered', schema: string, value: Json): Flaw[] {
    const key = `${side} ${schema}`;
    const fragment = schema.split('/').map(encodeURIComponent).join('/');
    const validate = this.#validators.get(key) ?? this.#ajv[side].compile({ $ref: `contract#${fragment}` });
    this.#validators.set(key, validate);
    return validate(value) ? [] : (validate.errors ?? []).map(flawOf);
  }
}

/** What a text can be read as: itself, and the number or truth value that JSON reads in it without loss. */
function readings(text: string): Json[] {
  if (text === 'true' || text === 'false') return [text, text === 'true'];
  if (!/^-?(0|[1-9]\d*)(\.\d+)?([eE][+-]?\d+)?$/.test(text)) return [text];
  const value = Number(text);
  const exact = !/^-?\d+$/.test(text) || (Number.isFinite(value) && BigInt(value) === BigInt(text));
  return exact ? [text, value] : [text];
}

const SPREAD = new Set(['uniqueItems', 'x-moddy-disjoint', 'anyOf', 'oneOf']);

function flawOf({ instancePath, keyword, params }: ErrorObject): Flaw {
  const key: unknown = params.missingProperty ?? params.additionalProperty ?? params.unevaluatedProperty;
  const escaped = typeof key === 'string' ? `/${key.replaceAll('~', '~0').replaceAll('/', '~1')}` : '';
  return { path: instancePath + escaped, orBelow: SPREAD.has(keyword) };
}

/** `x-moddy-unknown-value`: a reader takes every string. */
function asRead(json: JsonObject): JsonObject {
  if (typeof own(json, 'x-moddy-unknown-value') === 'string') return { type: own(json, 'type') ?? 'string' };
  return mapped(json, asRead);
}

/** Objects that do not say otherwise are closed, and fields with a default are always there. */
function asSent(json: JsonObject, document: JsonObject, open = false): JsonObject {
  const parts = own(json, 'allOf');
  const inner = mapped(json, (one) => asSent(one, document));
  const properties = own(json, 'properties');
  if (isArray(parts)) {
    const opened = parts.map((part) => (isObject(part) ? asSent(target(part, document), document, true) : part));
    return { ...inner, allOf: opened, ...(!open && { unevaluatedProperties: false }) };
  }
  if (!isObject(properties) || !allowsType(json, 'object')) return inner;
  const filled = Object.keys(properties).filter((name) => {
    const property = properties[name];
    return isObject(property) && own(property, 'default') !== undefined;
  });
  const listed = own(json, 'required');
  const required = [...new Set([...(isArray(listed) ? listed : []), ...filled])];
  const closed = !open && own(json, 'additionalProperties') === undefined;
  return { ...inner, required, ...(closed && { additionalProperties: false }) };
}

const allowsType = (json: JsonObject, type: string): boolean => {
  const declared = own(json, 'type');
  return declared === type || (isArray(declared) && declared.includes(type));
};

function target(json: JsonObject, document: JsonObject): JsonObject {
  const ref = own(json, '$ref');
  if (typeof ref !== 'string') return json;
  let found: Json | undefined = document;
  for (const key of ref.split('/').slice(1)) found = isObject(found) ? own(found, key) : undefined;
  return isObject(found) ? target(found, document) : {};
}

const mapped = (json: JsonObject, change: (one: JsonObject) => JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(json).map(([key, value]) => [key, deep(value, change)]));

const deep = (value: Json, change: (one: JsonObject) => JsonObject): Json =>
  isArray(value) ? value.map((item) => deep(item, change)) : isObject(value) ? change(value) : value;

/** Knows our extensions. */
export function newAjv(): Ajv2020 {
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
