import type { ErrorObject } from 'ajv/dist/2020.js';
import { type Json, type JsonObject, objectOr } from '../compiler/json.ts';
import { type FieldText, valueAt } from './document.ts';
import { type Mode, Oracle } from './oracle.ts';

export interface Flaw {
  /** JSON pointer within the judged value. */
  readonly path: string;
  /** Paths below it name the same flaw: the keyword is about more than one element. */
  readonly orBelow: boolean;
}

export class Judge {
  readonly #document: JsonObject;
  readonly #oracle: Oracle;

  constructor(document: JsonObject) {
    this.#document = document;
    this.#oracle = new Oracle(objectOr(valueAt(document, '/components/schemas')));
  }

  /** The flaws of a value that a server reads; the server ignores fields that it does not know. */
  flawsOfRequest(schema: string, value: Json): Flaw[] {
    return this.#flaws('request', schema, value);
  }

  /** The flaws of a value that a server sends; it may send nothing that the document lacks. */
  flawsOfAnswer(schema: string, value: Json): Flaw[] {
    return this.#flaws('strict', schema, value);
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

  #flaws(mode: Mode, schema: string, value: Json): Flaw[] {
    const validate = this.#oracle.validator(valueAt(this.#document, schema) ?? {}, mode);
    return validate(value) ? [] : (validate.errors ?? []).map(flawOf);
  }
}

/** The possible values of a text: itself, and the number or truth value that JSON reads in it without loss. */
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
