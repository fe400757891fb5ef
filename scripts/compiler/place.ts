import { at, isArray, isObject, type Json, type JsonObject, own } from './json.ts';
import type { Rejections } from './rejections.ts';

/** A place of the document: its value and its pointer. Absent values have places, too. */
export class Place {
  readonly json: Json | undefined;
  readonly pointer: string;
  readonly rejections: Rejections;

  constructor(json: Json | undefined, pointer: string, rejections: Rejections) {
    this.json = json;
    this.pointer = pointer;
    this.rejections = rejections;
  }

  get isAbsent(): boolean {
    return this.json === undefined;
  }

  /** The object that stands here; without fields where there is none. */
  get object(): JsonObject {
    return isObject(this.json) ? this.json : {};
  }

  get text(): string | undefined {
    return typeof this.json === 'string' ? this.json : undefined;
  }

  /** The place under a key of an object or an index of a list, and so on. */
  at(...keys: readonly (string | number)[]): Place {
    const [key, ...more] = keys;
    if (key === undefined) return this;
    const json = isArray(this.json) ? this.json[Number(key)] : own(this.object, String(key));
    return new Place(json, at(this.pointer, key), this.rejections).at(...more);
  }

  with(json: Json): Place {
    return new Place(json, this.pointer, this.rejections);
  }

  has(key: string): boolean {
    return own(this.object, key) !== undefined;
  }

  /** The keys of an object or the indices of a list, each with its place. */
  get entries(): readonly (readonly [string, Place])[] {
    const keys = isArray(this.json) ? this.json.keys() : Object.keys(this.object);
    return [...keys].map((key) => [String(key), this.at(key)] as const);
  }

  /** The elements of a list; anything else but nothing is rejected. */
  list(expected = 'a list'): readonly Place[] {
    if (!this.isAbsent && !isArray(this.json)) this.reject(`expected ${expected}`);
    return isArray(this.json) ? this.entries.map(([, inner]) => inner) : [];
  }

  /** Whether `true` stands here; anything else but `false` and nothing is rejected. */
  flag(): boolean {
    if (!this.isAbsent && typeof this.json !== 'boolean') this.reject('expected true or false');
    return this.json === true;
  }

  reject(message: string): void {
    this.rejections.add(this.pointer, message);
  }

  /** @returns whether it was left out; in our own documents it is rejected. */
  leaveOut(message: string): boolean {
    return this.rejections.leaveOut(this.pointer, message);
  }
}
