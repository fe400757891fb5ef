import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'yaml';
import { isObject, type JsonObject, own } from '../compiler/json.ts';

export interface Release {
  readonly api: string;
  readonly version: string;
  readonly document: JsonObject;
}

/** The documents of a folder, by api and version; released ones are called `<api>@<version>.yaml`. */
export function releasesIn(folder: string): Release[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder).flatMap((file) => {
    const [, api, version] = /^([^@]+)@(\d+\.\d+\.\d+)\.yaml$/.exec(file) ?? [];
    return api === undefined || version === undefined ? [] : [{ api, version, document: read(join(folder, file)) }];
  });
}

export const read = (file: string): JsonObject => parse(readFileSync(file, 'utf8'));

export function versionOf(document: JsonObject): string {
  const info = own(document, 'info');
  return String(isObject(info) ? own(info, 'version') : undefined);
}

export const majorOf = (version: string): number => Number(version.split('.', 1)[0]);

export const isVersion = (text: string): boolean => /^\d+\.\d+\.\d+$/.test(text);

/** Newest last. */
export const byVersion = (one: { readonly version: string }, other: { readonly version: string }): number =>
  one.version.localeCompare(other.version, 'en', { numeric: true });
