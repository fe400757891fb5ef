export interface Refusal {
  /** JSON pointer into the document. */
  readonly pointer: string;
  /** What is not compiled, and what to write instead. */
  readonly message: string;
}

/** Gathers everything that is not compiled, so that one run names all of it. */
export class Refusals {
  readonly #byPlace = new Map<string, Refusal>();

  add(pointer: string, message: string): void {
    this.#byPlace.set(`${pointer} ${message}`, { pointer, message });
  }

  get all(): readonly Refusal[] {
    return [...this.#byPlace.values()];
  }
}

/** The document cannot be compiled. */
export class RefusedDocument extends Error {
  override readonly name = 'RefusedDocument';
  readonly refusals: readonly Refusal[];
  constructor(file: string, refusals: readonly Refusal[]) {
    super(
      [`${file} is not compiled:`, ...refusals.map(({ pointer, message }) => `  ${pointer || '/'}: ${message}`)].join(
        '\n',
      ),
    );
    this.refusals = refusals;
  }
}
