export interface Rejection {
  readonly pointer: string;
  /** The part that is not compiled, and its replacement. */
  readonly message: string;
}

/** Gathers everything that is not compiled, so that one run names all of it. */
export class Rejections {
  /** True for a document of ours, which states only what our runtime serves. */
  readonly isServed: boolean;
  readonly all: Rejection[] = [];
  readonly leftOut: Rejection[] = [];

  constructor(isServed = false) {
    this.isServed = isServed;
  }

  add(pointer: string, message: string, to = this.all): void {
    const isKnown = to.some((one) => one.pointer === pointer && one.message === message);
    if (!isKnown) to.push({ pointer, message });
  }

  /** Lists a part of a foreign document as left out; in our own documents it is rejected. @returns whether it was left out. */
  leaveOut(pointer: string, message: string): boolean {
    this.add(pointer, message, this.isServed ? this.all : this.leftOut);
    return !this.isServed;
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
