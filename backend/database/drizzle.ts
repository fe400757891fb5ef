import { createRequire } from 'node:module';

/*
 * drizzle-orm, loaded by `require`: the same entry points of the package, whose CommonJS build takes 0.1 s and 60 MB. Its
 * ES modules take a second and 290 MB, since Node reads the package's 180 kB of `exports` anew for each of 118 files
 * (decision 0018). Import from here; types may come from the package.
 */
const require = createRequire(import.meta.url);
const orm: typeof import('drizzle-orm') = require('drizzle-orm');
const casing: typeof import('drizzle-orm/casing') = require('drizzle-orm/casing');
const nodePostgres: typeof import('drizzle-orm/node-postgres') = require('drizzle-orm/node-postgres');
const pgCore: typeof import('drizzle-orm/pg-core') = require('drizzle-orm/pg-core');

export type { SQL, SQLWrapper } from 'drizzle-orm';
export type { PgColumn, PgTable } from 'drizzle-orm/pg-core';
export const { and, asc, count, desc, eq, exists, getTableColumns, gt, gte, inArray } = orm;
export const { isNotNull, isNull, isTable, like, lt, lte, max, min, ne, not, notExists, notInArray, or, sql } = orm;
export const { toSnakeCase } = casing;
export const { drizzle } = nodePostgres;
export const { alias, bigint, boolean, index, integer, jsonb, pgEnum, pgTable, primaryKey, text } = pgCore;
export const { timestamp, unionAll, uniqueIndex } = pgCore;
