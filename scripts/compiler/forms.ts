import { pascalCase } from './names.ts';
import type { DocumentModel } from './operation.ts';
import { type Components, innerSchemas, judges, type Property, reachable, type Schema } from './schema.ts';

/**
 * How a schema is read: `request` by a server that gets it, `strict` by a server that sends it, `tolerant` by a client
 * that gets it.
 */
export type Mode = 'request' | 'strict' | 'tolerant';
const SUFFIX: Readonly<Record<Mode, string>> = { request: '', strict: 'Strict', tolerant: 'Tolerant' };

/**
 * How types.ts shows a schema: as a server `answer`s and a client reads it; as a handler gets it in a `body`, without
 * what is readOnly; as a client sends it, the `input`, in which what has a default may be left out.
 */
export type View = 'answer' | 'body' | 'input';
export const viewOf = (mode: Mode): View => (mode === 'request' ? 'body' : 'answer');

export interface Form {
  readonly name: string;
  readonly component: string;
  readonly mode: Mode;
}

/** Which constants are generated and under which names; modes that do not differ share one. */
export class Forms {
  readonly #components: Components;
  readonly #known = new Map<string, ReadonlySet<string>>();

  constructor(components: Components) {
    this.#components = components;
  }

  name(component: string, mode: Mode): string {
    const schema: Schema = { kind: 'reference', name: component };
    const differs = mode !== 'request' && this.#leadsTo(schema, (one) => differsItself(one, mode));
    return pascalCase(component) + (differs ? SUFFIX[mode] : '');
  }

  /** The name of a component's type; views that do not differ share one. */
  typeName(component: string, view: View): string {
    const schema: Schema = { kind: 'reference', name: component };
    if (view === 'input' && this.mayBeLeftOut(schema)) return `${component}Input`;
    return view !== 'answer' && this.#has(schema, ({ only }) => only !== undefined) ? `${component}Body` : component;
  }

  /** Whether what a client sends may lack something that a handler is given: a field with a default. */
  mayBeLeftOut(schema: Schema): boolean {
    return this.#has(schema, (one) => one.default !== undefined && one.only !== 'response');
  }

  /** Whether a property of a schema, or of what it refers to, is such. */
  #has(schema: Schema, isSuch: (property: Property) => boolean): boolean {
    return this.#leadsTo(schema, (one) => one.kind === 'object' && one.properties.some(isSuch));
  }

  /** The forms that operations need, each after those it refers to (circles apart). */
  reachable(document: DocumentModel): Form[] {
    const found = new Map<string, Form>();
    const visit = (schema: Schema, mode: Mode) => {
      for (const judge of judges(schema)) visit(judge, 'request');
      for (const inner of innerSchemas(schema)) visit(inner, mode);
      if (schema.kind !== 'reference') return;
      const name = this.name(schema.name, mode);
      if (entered.has(name)) return;
      entered.add(name);
      const target = this.#components.get(schema.name);
      if (target) visit(target, mode);
      found.set(name, { name, component: schema.name, mode });
    };
    const entered = new Set<string>();
    for (const operation of document.operations) {
      for (const { value } of operation.parameters) visit(value.schema, 'request');
      if (operation.requestBody) visit(operation.requestBody.schema, 'request');
      for (const { response } of operation.responses) {
        for (const header of response.value.headers) visit(header.schema, 'request');
        if (response.value.body?.schema === undefined) continue;
        visit(response.value.body.schema, 'strict');
        visit(response.value.body.schema, 'tolerant');
      }
    }
    return [...found.values()];
  }

  /** Whether two components, or one and itself, refer to each other, so that neither can be written first. */
  inOneCircle(one: string, other: string): boolean {
    return this.#below(one).has(other) && this.#below(other).has(one);
  }

  #below(component: string): ReadonlySet<string> {
    const known = this.#known.get(component);
    if (known) return known;
    const schema = this.#components.get(component);
    const schemas = schema ? [...reachable(schema, this.#components)] : [];
    const names = new Set(schemas.flatMap((one) => (one.kind === 'reference' ? [one.name] : [])));
    this.#known.set(component, names);
    return names;
  }

  #leadsTo(schema: Schema, test: (one: Schema) => boolean): boolean {
    for (const one of reachable(schema, this.#components)) if (test(one)) return true;
    return false;
  }
}

/** Whether a mode reads a schema otherwise than `request` does, apart from the schemas inside it. */
function differsItself(schema: Schema, mode: 'strict' | 'tolerant'): boolean {
  if (schema.kind === 'literal') return mode === 'strict' && schema.unknownValue !== undefined;
  if (schema.kind !== 'object') return false;
  if (schema.properties.some(({ only }) => only !== undefined)) return true;
  if (mode === 'tolerant') return schema.properties.some(({ required }) => !required);
  return schema.additional === undefined || schema.properties.some((property) => property.default !== undefined);
}
