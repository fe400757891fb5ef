/** `bot-internal` as `botInternal`. */
export const camelCase = (name: string): string =>
  name.replace(/-([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** The identifier of a component: `Links-Self` and `links_self` as `LinksSelf`. */
export const pascalCase = (name: string): string =>
  (name.match(/[A-Za-z0-9]+/g) ?? []).map((word) => word.charAt(0).toUpperCase() + word.slice(1)).join('');

/** `bot-internal` as `Bot`: the name of the service that the document describes. */
export const serviceName = (name: string): string => pascalCase(name.replace(/-internal$/, ''));

/** A good name of a document: `Museum API_v2` as `museum-api-v2`. */
export function kebabCase(name: string): string {
  const spaced = name.replace(/([a-z0-9])([A-Z])/g, '$1-$2').toLowerCase();
  return (spaced.match(/[a-z0-9]+/g) ?? ['api']).join('-').replace(/^(?=[0-9])/, 'api-');
}

/** Names that every object has, or that make a promise of one. */
const INHERITED = new Set(['then', ...Object.getOwnPropertyNames(Object.prototype)]);

export const isOperationId = (text: string): boolean => /^[A-Za-z][A-Za-z0-9_.-]*$/.test(text) && !INHERITED.has(text);

/** A good operationId made of any text: `get /users/{id}` as `getUsersId`. */
export function suggestedId(text: string): string {
  const name = pascalCase(text).replace(/^[0-9]+/, '');
  const id = name === '' ? 'doIt' : name.charAt(0).toLowerCase() + name.slice(1);
  return isOperationId(id) ? id : `${id}Operation`;
}

/** How the names of the forms of a component end. */
export const FORM = /(Strict|Tolerant|Body|Input)$/;

/** Words that the generated modules use themselves. */
const RESERVED = new Set(['Proof', 'Holds', 'Same', 'Read', 'Schemas']);

/** The identifiers of components; two names of one kind must not become the same. */
export class Names {
  readonly #claimed = new Map<string, string>();

  /** @returns why a name cannot be used, and what can. */
  claim(kind: string, name: string): string | undefined {
    const identifier = pascalCase(name);
    if (!/^[A-Za-z0-9._-]+$/.test(name) || !/^[A-Z]/.test(identifier)) {
      const suggested = /^[A-Z]/.test(identifier) ? identifier : `The${identifier}`;
      return `the name becomes a constant: letters, digits, . _ and -, a letter first; write ${suggested}`;
    }
    if (name in Object.prototype || (kind === 'schemas' && RESERVED.has(identifier)))
      return `generated code or JavaScript uses this name itself; write ${identifier}Value`;
    const key = `${kind}/${identifier}`;
    const earlier = this.#claimed.get(key);
    this.#claimed.set(key, name);
    return earlier === undefined || earlier === name
      ? undefined
      : `\`${name}\` and \`${earlier}\` become one constant, ${identifier}; write ${identifier}2`;
  }
}
