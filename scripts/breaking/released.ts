import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type JsonObject, objectAt, own } from '../compiler/json.ts';
import { documentIn } from '../conformance/document.ts';

export interface Release {
  readonly api: string;
  readonly version: string;
  readonly document: JsonObject;
}

const RELEASE = /^([^@]+)@(\d+\.\d+\.\d+)\.yaml$/;
const filesIn = (folder: string) => (existsSync(folder) ? readdirSync(folder) : []);

/** The files of a folder that are called otherwise, and would count as no release. */
export const misnamedIn = (folder: string): string[] => filesIn(folder).filter((file) => !RELEASE.test(file));

/** The documents of a folder, by api and version; released ones are called `<api>@<version>.yaml`. */
export function releasesIn(folder: string): Release[] {
  return filesIn(folder).flatMap((file) => {
    const [, api, version] = RELEASE.exec(file) ?? [];
    return api === undefined || version === undefined ? [] : [{ api, version, document: read(join(folder, file)) }];
  });
}

/** Releases before 1.1 have our extensions under names without `moddy`; a released file never changes. */
export const read = (file: string): JsonObject =>
  documentIn(readFileSync(file, 'utf8').replaceAll(OLD, 'x-moddy-'), file);
const OLD = /\bx-(?=(?:unknown-value|max-bytes|max-depth|disjoint):)/g;

export const versionOf = (document: JsonObject): string => String(own(objectAt(document, 'info'), 'version'));

export const majorOf = (version: string): number => Number(version.split('.', 1)[0]);

export const isVersion = (text: string): boolean => /^\d+\.\d+\.\d+$/.test(text);

/** Newest last. */
export const byVersion = (one: { readonly version: string }, other: { readonly version: string }): number =>
  one.version.localeCompare(other.version, 'en', { numeric: true });
