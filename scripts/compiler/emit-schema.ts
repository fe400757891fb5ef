/* One function per kind of schema, in one file so that what a mode changes is seen at a glance. */

import { type Forms, type Mode, viewOf } from './forms.ts';
import { isArray, isObject, type Json } from './json.ts';
import { block, key, list, literal } from './layout.ts';
import { callOf, methodOf } from './rules.ts';
import type { Components, LiteralSchema, ObjectSchema, Property, Rule, Schema, UnionSchema } from './schema.ts';
import { apart, overlaps } from './values.ts';

export interface Scope {
  readonly components: Components;
  readonly forms: Forms;
  /** The component that is being written: its references to components in one circle with it are lazy. */
  readonly within?: string;
  /** Stands before names of constants, `schemas.`. */
  readonly prefix: string;
  /** Functions of runtime/schema.ts that the text uses. */
  readonly uses: Set<string>;
}

export function emitSchema(schema: Schema, mode: Mode, scope: Scope): string {
  const methods = (schema.rules ?? []).filter(methodOf).map((rule) => emitMethod(rule, scope));
  const text = [emitKind(schema, mode, scope), ...methods].join('');
  const rest = schema.kind === 'object' && typeof schema.additional === 'object' ? [schema.additional] : [];
  const rules = [
    ...rest.map((additional) => emitCall('ownProto', [emitSchema(additional, mode, scope)], scope)),
    ...(schema.rules ?? []).filter((rule) => !methodOf(rule)).map((rule) => emitRule(rule, scope)),
  ];
  return rules.length === 0 ? text : emitCall('onInput', [text, ...rules], scope);
}

function emitRule(rule: Rule, scope: Scope): string {
  const judges = (rule.schemas ?? []).map((one) => emitSchema(one, 'request', scope));
  return emitCall(callOf(rule), [...judges, ...(rule.values ?? []).map(json)], scope);
}

function emitCall(name: string, args: readonly string[], { uses }: Scope): string {
  uses.add(name);
  return list(`${name}(`, args, ')');
}

function emitMethod(rule: Rule, scope: Scope): string {
  const [value = null] = rule.values ?? [];
  const argument = rule.name === 'pattern' ? String(new RegExp(String(value), 'u')) : json(value);
  return `.${methodOf(rule)}(${rule.name === 'multipleOf' ? emitRule(rule, scope) : argument})`;
}

/** JSON as TypeScript, in which `__proto__` is a field as any other. */
export function json(value: Json): string {
  if (isArray(value)) return `[${value.map(json).join(', ')}]`;
  if (!isObject(value)) return literal(value);
  const keyOf = (name: string) => (name === '__proto__' ? "['__proto__']" : key(name));
  const fields = Object.entries(value).map(([name, inner]) => `${keyOf(name)}: ${json(inner)}`);
  return `{ ${fields.join(', ')} }`;
}

function emitKind(schema: Schema, mode: Mode, scope: Scope): string {
  switch (schema.kind) {
    case 'reference':
      return emitReference(schema.name, mode, scope);
    case 'anything':
    case 'integer':
      return emitCall(schema.kind, [], scope);
    case 'literal':
      return emitLiteral(schema, mode, scope);
    case 'array':
      return `z.array(${emitSchema(schema.items, mode, scope)})`;
    case 'object':
      return emitObject(schema, mode, scope);
    case 'union':
      return emitUnion(schema, mode, scope);
    default:
      return `z.${schema.kind}()`;
  }
}

/** Within a circle the type is the document's: inferring it would go round for ever. */
function emitReference(component: string, mode: Mode, { forms, within, prefix }: Scope): string {
  const name = prefix + forms.name(component, mode);
  if (within === undefined || !forms.inOneCircle(within, component)) return name;
  return `z.lazy((): z.ZodType<Read<Schemas[${literal(forms.typeName(component, viewOf(mode)))}]>> => ${name})`;
}

function emitLiteral({ values, unknownValue }: LiteralSchema, mode: Mode, { uses }: Scope): string {
  const strings = values.filter((value) => typeof value === 'string');
  if (unknownValue !== undefined && mode !== 'strict') {
    uses.add('unknownAs');
    return `unknownAs(${list('z.enum([', strings.map(literal), '])')}, ${literal(unknownValue)})`;
  }
  const [first] = values;
  if (first === undefined) return 'z.never()';
  if (values.length > 1 && strings.length === values.length) return list('z.enum([', strings.map(literal), '])');
  const each = values.map((value) => (value === null ? 'z.null()' : `z.literal(${literal(value)})`));
  return values.length === 1 ? each.join('') : list('z.union([', each, '])');
}

function emitObject(schema: ObjectSchema, mode: Mode, scope: Scope): string {
  const { additional } = schema;
  const closed = additional === false || (additional === undefined && mode === 'strict');
  const open = additional === true ? 'z.looseObject({' : closed ? 'z.strictObject({' : 'z.object({';
  const unseen = mode === 'request' ? 'response' : 'request';
  const seen = schema.properties.filter(({ only }) => only !== unseen);
  const properties = seen.map(
    (one) => `${key(one.name)}: ${emitSchema(one.schema, mode, scope)}${presence(one, mode)}`,
  );
  const rest = typeof additional === 'object' ? `.catchall(${emitSchema(additional, mode, scope)})` : '';
  const text = block(open, properties, '})') + rest;
  const ignored = closed && mode !== 'strict' ? schema.properties.filter(({ only }) => only === unseen) : [];
  return ignored.length > 0 ? emitCall('without', [text, ...ignored.map(({ name }) => literal(name))], scope) : text;
}

/** A server sends a field that has a default; a reader fills it in. A client drops fields that it cannot read. */
function presence({ required, default: value }: Property, mode: Mode): string {
  if (required) return '';
  if (value === undefined) return mode === 'tolerant' ? '.optional().catch(undefined)' : '.optional()';
  if (mode === 'strict') return '';
  return `.default(${literal(value)})${mode === 'tolerant' ? `.catch(${literal(value)})` : ''}`;
}

function emitUnion(union: UnionSchema, mode: Mode, scope: Scope): string {
  const { alternatives, exactlyOne } = union;
  const [first, second] = alternatives;
  if (first && alternatives.length === 1) return emitSchema(first, mode, scope);
  const one = first?.kind === 'null' ? second : first;
  const nullable = alternatives.length === 2 && (first?.kind === 'null') !== (second?.kind === 'null');
  // An alternative that allows null itself would match twice, which `oneOf` forbids.
  if (nullable && one && (!exactlyOne || apart(one, { kind: 'null' }, scope.components))) {
    const text = emitSchema(one, mode, scope);
    return one.kind === 'reference' ? emitCall('nullable', [text], scope) : `${text}.nullable()`;
  }
  const each = alternatives.map((schema) => emitSchema(schema, mode, scope));
  if (union.discriminator && alternatives.every((one) => isPlainObject(one, scope)))
    return list(`z.discriminatedUnion(${literal(union.discriminator.propertyName)}, [`, each, '])');
  const isXor = exactlyOne && overlaps(alternatives, scope.components).length > 0;
  return list(isXor ? 'z.xor([' : 'z.union([', each, '])');
}

/**
 * Whether the constant of a named object is a plain object of zod, which `z.discriminatedUnion` can read: it
 * accepts what a union of alternatives apart accepts, and names the faults of the one that is meant.
 */
function isPlainObject(schema: Schema, { components, forms, within }: Scope): boolean {
  if (schema.kind !== 'reference') return false;
  const object = components.get(schema.name);
  if (object?.kind !== 'object' || object.rules || schema.rules || typeof object.additional === 'object') return false;
  if (object.additional === false && object.properties.some(({ only }) => only)) return false;
  return within === undefined || !forms.inOneCircle(within, schema.name);
}
