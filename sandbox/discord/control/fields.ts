import { isRecord } from '../json.ts';

export class ControlError extends Error {
  override readonly name = 'ControlError';
}

/** Reads a control call's JSON, one typed field at a time. */
export class Fields {
  readonly #values: Record<string, unknown>;

  constructor(body: unknown) {
    if (!isRecord(body)) throw new ControlError('The body must be a JSON object.');
    this.#values = body;
  }

  #optional<T>(name: string, kind: string, is: (value: unknown) => value is T): T | undefined {
    const value = this.#values[name];
    if (value === undefined) return undefined;
    if (!is(value)) throw new ControlError(`${name} must be ${kind}.`);
    return value;
  }

  #required<T>(name: string, value: T | undefined): T {
    if (value === undefined) throw new ControlError(`${name} is missing.`);
    return value;
  }

  optionalText = (name: string) => this.#optional(name, 'a string', (value) => typeof value === 'string');
  text = (name: string): string => this.#required(name, this.optionalText(name));
  optionalNumber = (name: string) => this.#optional(name, 'a number', (value) => typeof value === 'number');
  number = (name: string): number => this.#required(name, this.optionalNumber(name));
  optionalFlag = (name: string) => this.#optional(name, 'a boolean', (value) => typeof value === 'boolean');
  flag = (name: string): boolean => this.#required(name, this.optionalFlag(name));
  optionalRecord = (name: string) => this.#optional(name, 'an object', isRecord);
  optionalTexts = (name: string) => this.#optional(name, 'a list of strings', isTexts);
  texts = (name: string): string[] => this.#required(name, this.optionalTexts(name));

  /** A string, or null as a value of its own. */
  textOrNull(name: string): string | null {
    return this.#values[name] === null ? null : this.text(name);
  }

  oneOf<T extends string>(name: string, choices: readonly T[]): T | undefined {
    return this.#optional(name, `one of ${choices.join(', ')}`, (value): value is T => isChoice(value, choices));
  }
}

const isTexts = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((each) => typeof each === 'string');

export const isChoice = <T extends string>(value: unknown, choices: readonly T[]): value is T =>
  choices.some((choice) => choice === value);

/** Only what was given, so that it can be spread over what stands. */
export function given<T extends object>(fields: { [K in keyof T]: T[K] | undefined }): Partial<T> {
  const kept: Partial<T> = {};
  for (const name in fields) {
    const value = fields[name];
    if (value !== undefined) kept[name] = value;
  }
  return kept;
}
