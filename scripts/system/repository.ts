import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { parse } from 'yaml';
import type { JsonObject } from '../compiler/json.ts';

/** The folder of this working copy. */
export const ROOT = join(import.meta.dirname, '..', '..');

/** @param path relative to the root */
export const textOf = (path: string): string => readFileSync(join(ROOT, path), 'utf8');

/** The texts of the documents in `openapi/`, by api. */
export const documentTexts = (root = ROOT): ReadonlyMap<string, string> =>
  new Map(
    readdirSync(join(root, 'openapi'))
      .filter((file) => file.endsWith('.yaml'))
      .map((file) => [basename(file, '.yaml'), readFileSync(join(root, 'openapi', file), 'utf8')]),
  );

export const documentOf = (api: string): JsonObject => parse(textOf(`openapi/${api}.yaml`));
