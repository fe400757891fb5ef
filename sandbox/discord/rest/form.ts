import { isRecord } from '../json.ts';
import { compareSnowflakes, isSnowflake } from '../world/snowflake.ts';
import { DiscordError } from './discord-error.ts';

interface Problems {
  [key: string]: Problems | { code: string; message: string }[];
}

/** Reads a body field by field and names every fault at once (Discord docs: API Reference, Error Messages). */
export class Form {
  readonly #problems: Problems = {};
  #faulty = false;

  /** `path` as in `embeds.0.title`. */
  problem(path: string, code: string, message: string): void {
    this.#faulty = true;
    let at = this.#problems;
    for (const key of path.split('.')) {
      const below = at[key];
      const next: Problems = below && !Array.isArray(below) ? below : {};
      at[key] = next;
      at = next;
    }
    const listed = Array.isArray(at._errors) ? at._errors : [];
    at._errors = [...listed, { code, message }];
  }

  /** Throws 50035 when anything was wrong. */
  finish(): void {
    if (this.#faulty) throw new DiscordError(400, 50035, 'Invalid Form Body', this.#problems);
  }

  text(value: unknown, path: string, max: number, min = 0): string | undefined {
    if (value === undefined || value === null) return undefined;
    if (typeof value !== 'string') {
      this.problem(path, 'STRING_TYPE_CONVERT', `Could not interpret "${String(value)}" as string.`);
      return undefined;
    }
    const length = [...value].length;
    if (length > max) this.problem(path, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`);
    if (length < min) this.problem(path, 'BASE_TYPE_BAD_LENGTH', `Must be between ${min} and ${max} in length.`);
    return value;
  }

  required(path: string): void {
    this.problem(path, 'BASE_TYPE_REQUIRED', 'This field is required');
  }

  list(value: unknown, path: string, max: number): unknown[] {
    if (value === undefined || value === null) return [];
    if (!Array.isArray(value)) {
      this.problem(path, 'LIST_TYPE_CONVERT', 'Only iterables may be used in a ListType');
      return [];
    }
    if (value.length > max) this.problem(path, 'BASE_TYPE_MAX_LENGTH', `Must be ${max} or fewer in length.`);
    return value;
  }

  record(value: unknown, path: string): Record<string, unknown> {
    if (value === undefined || value === null) return {};
    if (isRecord(value)) return value;
    this.problem(path, 'DICT_TYPE_CONVERT', 'Only dictionaries may be used in a DictType');
    return {};
  }

  snowflake(value: unknown, path: string): string | undefined {
    if (value === undefined || value === null) return undefined;
    const text = String(value);
    if (isSnowflake(text)) return text;
    this.problem(path, 'NUMBER_TYPE_COERCE', `Value "${text}" is not snowflake.`);
    return undefined;
  }

  integer(value: unknown, path: string, min: number, max: number): number | undefined {
    if (value === undefined || value === null || value === '') return undefined;
    const number = Number(value);
    if (!Number.isInteger(number)) {
      this.problem(path, 'NUMBER_TYPE_COERCE', `Value "${String(value)}" is not int.`);
      return undefined;
    }
    if (number < min) this.problem(path, 'NUMBER_TYPE_MIN', `int value should be greater than or equal to ${min}.`);
    if (number > max) this.problem(path, 'NUMBER_TYPE_MAX', `int value should be less than or equal to ${max}.`);
    return number;
  }
}

/** An id of the path: anything that is no snowflake is an invalid form, too. */
export function pathId(value: string, name: string): string {
  const form = new Form();
  const id = form.snowflake(value, name);
  form.finish();
  return id ?? value;
}

export const byId = (a: { id: string }, b: { id: string }): number => compareSnowflakes(a.id, b.id);
