import { pascalCase } from './names.ts';
import type { DocumentModel } from './operation.ts';
import { type Components, innerSchemas, type Property, referencesOf, type Schema } from './schema.ts';

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

/** One generated constant: a component schema in a mode. */
export interface Form {
  readonly name: string;
  readonly component: string;
  readonly mode: Mode;
}

/** Which constants are generated and under which names; modes that do not differ share one. */
export class Forms {
  readonly #components: Components;

  constructor(components: Components) {
    this.#components = components;
  }

  name(component: string, mode: Mode): string {
    return pascalCase(component) + (this.#differs(component, mode) ? SUFFIX[mode] : '');
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
    const within = (one: Schema): boolean =>
      (one.kind === 'object' && one.properties.some(isSuch)) || innerSchemas(one).some(within);
    const below = referencesOf(schema).flatMap((name) => [name, ...this.#below(name)]);
    return within(schema) || below.some((name) => within(this.#components.get(name) ?? { kind: 'anything' }));
  }

  /** The forms that operations need, each after those it refers to (circles apart). */
  reachable(document: DocumentModel): Form[] {
    const found = new Map<string, Form>();
    const visit = (schema: Schema, mode: Mode) => {
      for (const component of referencesOf(schema)) {
        const name = this.name(component, mode);
        if (found.has(name) || entered.has(name)) continue;
        entered.add(name);
        const target = this.#components.get(component);
        if (target) visit(target, mode);
        found.set(name, { name, component, mode });
      }
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

  /** Whether a component refers to itself, also by way of others. */
  isRecursive(component: string): boolean {
    return this.#below(component).has(component);
  }

  /** Whether two components refer to each other, so that neither can be written first. */
  inOneCircle(one: string, other: string): boolean {
    return this.#below(one).has(other) && this.#below(other).has(one);
  }

  #below(component: string): ReadonlySet<string> {
    const below = new Set<string>();
    const visit = (schema: Schema | undefined) => {
      for (const name of schema ? referencesOf(schema) : []) {
        if (below.has(name)) continue;
        below.add(name);
        visit(this.#components.get(name));
      }
    };
    visit(this.#components.get(component));
    return below;
  }

  #differs(component: string, mode: Mode): boolean {
    if (mode === 'request') return false;
    return [component, ...this.#below(component)].some((name) => {
      const schema = this.#components.get(name);
      return schema !== undefined && differsItself(schema, mode);
    });
  }
}

/** Whether a mode reads a schema otherwise than `request` does, references apart. */
function differsItself(schema: Schema, mode: 'strict' | 'tolerant'): boolean {
  if (schema.kind === 'literal') return mode === 'strict' && schema.unknownValue !== undefined;
  if (schema.kind === 'object') {
    const optional = schema.properties.some(({ required }) => !required);
    const defaults = schema.properties.some((property) => property.default !== undefined);
    if (schema.properties.some(({ only }) => only !== undefined)) return true;
    if (mode === 'strict' ? schema.additional === undefined || defaults : optional) return true;
  }
  return innerSchemas(schema).some((inner) => differsItself(inner, mode));
}
