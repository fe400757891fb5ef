export interface RequestError {
  /** JSON pointer into the document. */
  readonly pointer: string;
  /** What is not compiled, and what to write instead. */
  readonly message: string;
}

/** Gathers everything that is not compiled, so that one run names all of it. */
export class Rejections {
  readonly #byPlace = new Map<string, RequestError>();

  add(pointer: string, message: string): void {
    this.#byPlace.set(`${pointer} ${message}`, { pointer, message });
  }

  get all(): readonly RequestError[] {
    return [...this.#byPlace.values()];
  }
}

/** The document cannot be compiled. */
export class RejectedDocument extends Error {
  override readonly name = 'RejectedDocument';
  readonly rejections: readonly RequestError[];
  constructor(file: string, rejections: readonly RequestError[]) {
    super(
      [`${file} is not compiled:`, ...rejections.map(({ pointer, message }) => `  ${pointer || '/'}: ${message}`)].join(
        '\n',
      ),
    );
    this.rejections = rejections;
  }
}
