import {
  at,
  isArray,
  isObject,
  type Json,
  type JsonObject,
  listAt,
  objectAt,
  objectOr,
  own,
  unescaped,
} from '../compiler/json.ts';
import { readYaml } from '../compiler/read-yaml.ts';
import { Rejections, rows } from '../compiler/rejections.ts';

/** An operation as the document states it; schemas stay in place and are named by their JSON pointer. */
export interface OperationText {
  readonly id: string;
  readonly pointer: string;
  readonly method: string;
  readonly path: string;
  readonly secured: boolean;
  readonly parameters: readonly FieldText[];
  readonly body: BodyText | undefined;
  readonly responses: ReadonlyMap<number, ResponseText>;
}

/** A parameter or a header: text on the wire. */
export interface FieldText {
  readonly in: string;
  readonly name: string;
  readonly required: boolean;
  readonly schema: string;
}

export interface BodyText {
  readonly required: boolean;
  /** The first media type, and its schema. */
  readonly media: string;
  readonly schema: string;
  readonly content: ContentText;
}

export interface ResponseText {
  readonly headers: readonly FieldText[];
  readonly content: ContentText;
  /** The bodies that the document shows, of all media types. */
  readonly examples: readonly Json[];
}

/** Schemas by media type; undefined where the document says nothing of a schema. */
type ContentText = ReadonlyMap<string, string | undefined>;

export const METHODS = ['get', 'put', 'post', 'delete', 'patch'];

/** The document in a text; one that cannot be read ends the program with its places. */
export function documentIn(text: string, file: string): JsonObject {
  const rejections = new Rejections();
  const { json, placeOf } = readYaml(text, rejections);
  if (isObject(json)) return json;
  console.error([`${file} is no document`, ...rows(file, rejections.all, placeOf)].join('\n'));
  process.exit(1);
}

/** The value at a JSON pointer. */
export function valueAt(document: Json, pointer: string): Json | undefined {
  let value: Json | undefined = document;
  for (const key of pointer.split('/').slice(1)) {
    const name = unescaped(key);
    value = isArray(value) ? value[Number(name)] : isObject(value) ? own(value, name) : undefined;
  }
  return value;
}

/** The operations of a document, read from its words alone. */
export function operationsOf(document: JsonObject): OperationText[] {
  return Object.entries(objectAt(document, 'paths')).flatMap(([path, item]) =>
    METHODS.flatMap((method) => {
      const operation = isObject(item) ? own(item, method) : undefined;
      if (!isObject(item) || !isObject(operation)) return [];
      const place = at('/paths', path);
      const pointer = at(place, method);
      const security = own(operation, 'security') ?? own(document, 'security');
      const shared = listAt(item, 'parameters').map((_, index) => at(`${place}/parameters`, index));
      const direct = listAt(operation, 'parameters').map((_, index) => at(`${pointer}/parameters`, index));
      return [
        {
          id: String(own(operation, 'operationId')),
          pointer,
          method: method.toUpperCase(),
          path,
          secured: isArray(security) && security.length > 0,
          parameters: lastOfEach([...shared, ...direct].map((one) => readField(document, one))),
          body: readBody(document, `${pointer}/requestBody`),
          responses: readResponses(document, `${pointer}/responses`),
        },
      ];
    }),
  );
}

/** The place that a pointer leads to once every `$ref` is followed. */
export function followed(document: JsonObject, pointer: string): { pointer: string; json: JsonObject } {
  const json = valueAt(document, pointer);
  if (!isObject(json)) return { pointer, json: {} };
  const ref = own(json, '$ref');
  return typeof ref === 'string' && ref.startsWith('#') ? followed(document, ref.slice(1)) : { pointer, json };
}

function readField(document: JsonObject, place: string, name?: string): FieldText {
  const { pointer, json } = followed(document, place);
  return {
    in: name === undefined ? String(own(json, 'in')) : 'header',
    name: name ?? String(own(json, 'name')),
    required: own(json, 'required') === true,
    schema: `${pointer}/schema`,
  };
}

/** The same for two fields that are one on the wire: only names of headers ignore case. */
export const fieldKey = ({ in: place, name }: FieldText): string =>
  `${place} ${place === 'header' ? name.toLowerCase() : name}`;

/** A parameter of an operation replaces the one of its path. */
const lastOfEach = (fields: readonly FieldText[]): FieldText[] => [
  ...new Map(fields.map((field) => [fieldKey(field), field])).values(),
];

function readBody(document: JsonObject, place: string): OperationText['body'] {
  if (valueAt(document, place) === undefined) return undefined;
  const { pointer, json } = followed(document, place);
  const content = readContent(pointer, json);
  const [media = ''] = content.keys();
  return {
    required: own(json, 'required') === true,
    media,
    schema: `${at(`${pointer}/content`, media)}/schema`,
    content,
  };
}

const readContent = (pointer: string, json: JsonObject): ContentText =>
  new Map(
    Object.entries(objectAt(json, 'content')).map(([type, media]) => [
      type,
      isObject(media) && own(media, 'schema') !== undefined ? `${at(`${pointer}/content`, type)}/schema` : undefined,
    ]),
  );

function readResponses(document: JsonObject, place: string): Map<number, ResponseText> {
  return new Map(
    Object.keys(objectOr(valueAt(document, place))).map((status) => {
      const { pointer, json } = followed(document, at(place, status));
      const headers = Object.keys(objectAt(json, 'headers')).map((name) =>
        readField(document, at(`${pointer}/headers`, name), name),
      );
      const examples = Object.values(objectAt(json, 'content')).flatMap(examplesOf);
      return [Number(status), { headers, content: readContent(pointer, json), examples }];
    }),
  );
}

function examplesOf(media: Json): readonly Json[] {
  if (!isObject(media)) return [];
  const single = own(media, 'example');
  const named = Object.values(objectAt(media, 'examples')).map((one) =>
    isObject(one) ? own(one, 'value') : undefined,
  );
  return [single, ...named].filter((one) => one !== undefined);
}
