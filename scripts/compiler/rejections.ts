export interface Rejection {
  readonly pointer: string;
  /** The part that is not compiled, and its replacement. */
  readonly message: string;
}

/** Gathers everything that is not compiled, so that one run names all of it. */
export class Rejections {
  /** True for a document of ours, which states only what our runtime serves. */
  readonly isServed: boolean;
  readonly #byPlace = new Map<string, Rejection>();
  readonly #leftOut = new Map<string, Rejection>();

  constructor(isServed = false) {
    this.isServed = isServed;
  }

  add(pointer: string, message: string): void {
    this.#byPlace.set(`${pointer} ${message}`, { pointer, message });
  }

  get all(): readonly Rejection[] {
    return [...this.#byPlace.values()];
  }

  /** Lists a part of a foreign document as left out; in our own documents it is rejected. @returns whether it was left out. */
  leaveOut(pointer: string, message: string): boolean {
    if (this.isServed) this.add(pointer, message);
    else this.#leftOut.set(`${pointer} ${message}`, { pointer, message });
    return !this.isServed;
  }

  get leftOut(): readonly Rejection[] {
    return [...this.#leftOut.values()];
  }
}

/** `file:line:column pointer: message`, one a line. */
export const rows = (file: string, places: readonly Rejection[], placeOf: (pointer: string) => string): string[] =>
  places.map(({ pointer, message }) => `  ${file}:${placeOf(pointer)} ${pointer || '/'}: ${message}`);

/** The document cannot be compiled. */
export class RejectedDocument extends Error {
  override readonly name = 'RejectedDocument';
  readonly rejections: readonly Rejection[];
  /** @param placeOf line and column of a pointer, `12:7`. */
  constructor(file: string, rejections: readonly Rejection[], placeOf: (pointer: string) => string) {
    super([`${file} is not compiled:`, ...rows(file, rejections, placeOf)].join('\n'));
    this.rejections = rejections;
  }
}
