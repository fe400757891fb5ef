/** Values by path template, `/parcels/{id}`. */
export class PathTable<Value> {
  readonly #plain = new Map<string, Value>();
  readonly #templated: { readonly pattern: RegExp; readonly value: Value }[] = [];

  /** Of templates that match the same path the first added is found; a path without parameters is found before any. */
  add(template: string, value: Value): void {
    // The compiler lets letters, digits and `.`, `_`, `~`, `-` through; of these only the dot means something here.
    const pattern = template.replaceAll('.', '\\.').replace(/\{(\w+)\}/g, '(?<$1>[^/]+)');
    if (pattern.includes('(')) this.#templated.push({ pattern: new RegExp(`^${pattern}$`), value });
    else this.#plain.set(template, value);
  }

  /** @param path as it was sent. */
  find(path: string): Found<Value> | undefined {
    const plainPath = path.includes('%') ? withoutNeedlessEscapes(path) : path;
    const plain = this.#plain.get(plainPath);
    if (plain !== undefined) return { value: plain, parameters: {} };
    for (const { pattern, value } of this.#templated) {
      const groups = pattern.exec(plainPath)?.groups;
      if (groups) {
        const parameters = Object.entries(groups).map(([name, text]) => [name, decodeURIComponent(text)]);
        return { value, parameters: Object.fromEntries(parameters) };
      }
    }
    return undefined;
  }
}

export interface Found<Value> {
  readonly value: Value;
  readonly parameters: Readonly<Record<string, string>>;
}

/** RFC 3986, 6.2.2.2; `%2F` and `%25` stay, so that a parameter may hold a slash. */
function withoutNeedlessEscapes(path: string): string {
  try {
    return decodeURI(path.replaceAll('%25', '%2525'));
  } catch {
    return ''; // No path of any document.
  }
}
