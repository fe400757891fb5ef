import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import { expect, it, onTestFinished } from 'vitest';
import { parse } from 'yaml';
import { compile } from './compile.ts';
import { isArray, isObject, type Json, type JsonObject } from './json.ts';
import { keywords } from './keywords.ts';
import { RejectedDocument } from './rejections.ts';
import { loadSchemas } from './testing/load.ts';

/*
 * How much of JSON Schema 2020-12 is compiled, and whether what is compiled decides as JSON Schema does. No package of
 * npm carries this draft of the JSON Schema Test Suite, so the groups here are our own. With its folder in
 * JSON_SCHEMA_TEST_SUITE (…/tests/draft2020-12; the source archive of Python's package jsonschema has it, too) the
 * suite itself is measured:
 *
 *   JSON_SCHEMA_TEST_SUITE=… npx vitest run scripts/compiler/json-schema.test.ts
 */

interface Group {
  readonly description: string;
  readonly schema: Json;
  readonly tests: readonly { readonly data: Json; readonly valid: boolean }[];
}

/** How many groups have to be compiled, at least. */
interface Suite {
  readonly name: string;
  readonly floor: number;
  readonly groups: () => readonly Group[];
}

const OURS: Suite = {
  name: 'our own groups',
  floor: 35,
  groups: () => parse(readFileSync(new URL('fixtures/json-schema.yaml', import.meta.url), 'utf8')),
};
const folder = process.env.JSON_SCHEMA_TEST_SUITE;
const THEIRS = (path: string): Suite => ({
  name: 'the JSON Schema Test Suite',
  floor: 211,
  groups: () =>
    readdirSync(path)
      .filter((file) => file.endsWith('.json'))
      .flatMap((file): Group[] => JSON.parse(readFileSync(join(path, file), 'utf8'))),
});

const SUITES = folder ? [OURS, THEIRS(folder)] : [OURS];

it.each(SUITES)('compiles $name or gives the reason', ({ name, floor, groups }) => {
  const disagreements: unknown[] = [];
  const reasons = new Map<string, number>();
  let compiled = 0;
  for (const { description, schema: given, tests } of groups()) {
    const schema = typed(given);
    const { validator, rejections } = loadSchemas({ Subject: embedded(schema) });
    for (const message of new Set(rejections?.map((one) => one.message)))
      reasons.set(message, (reasons.get(message) ?? 0) + 1);
    if (validator === undefined) continue;
    compiled += 1;
    const ajv = new Ajv2020({ strict: false, validateFormats: false }).compile(schema as JsonObject | boolean);
    const isAsGiven = JSON.stringify(schema) === JSON.stringify(given);
    for (const { data, valid } of tests) {
      const accepted = validator('Subject', 'request').safeParse(data).success;
      // With a type added, a schema says something else than the suite's.
      if (accepted !== (ajv(data) as boolean) || (isAsGiven && accepted !== valid))
        disagreements.push([description, schema, data, accepted]);
    }
  }
  const frequent = [...reasons].sort(([, one], [, other]) => other - one).slice(0, 12);
  console.log(
    [`${name}: ${compiled} groups compiled`, ...frequent.map(([why, count]) => `${count} ${why}`)].join('\n'),
  );
  expect(disagreements).toEqual([]);
  expect(compiled).toBeGreaterThanOrEqual(floor);
});

it.each(SUITES)('the compiled types of $name match their validators', async ({ groups }) => {
  const root = join(import.meta.dirname, '..', '..');
  mkdirSync(join(root, '.cache'), { recursive: true });
  const project = mkdtempSync(join(root, '.cache', 'json-schema-'));
  onTestFinished(() => rmSync(project, { recursive: true }));
  const content = { 'application/json': { schema: { $ref: '#/components/schemas/Subject' } } };
  const answer = { responses: { 200: { description: '', content } } };
  // A schema that is only answered has forms of its own.
  const operations: JsonObject[] = [{ get: answer }, { post: { ...answer, requestBody: { required: true, content } } }];
  const info = { title: 'Group', version: '1.0.0' };
  for (const [number, { schema }] of groups().entries()) {
    for (const [side, item] of operations.entries()) {
      const components = { schemas: { Subject: embedded(typed(schema)) } };
      const text = JSON.stringify({ openapi: '3.1.0', info, paths: { '/a': item }, components });
      const output = await compile('group-api', text).catch((error: unknown) => {
        if (!(error instanceof RejectedDocument)) throw error;
      });
      mkdirSync(join(project, `${number}-${side}`));
      for (const [file, code] of output ?? []) writeFileSync(join(project, `${number}-${side}`, file), code);
    }
  }
  const config = { extends: join(root, 'tsconfig.base.json'), include: ['*/*.ts'], exclude: [] };
  writeFileSync(join(project, 'tsconfig.json'), JSON.stringify(config));
  const tsc = join(root, 'node_modules', '.bin', 'tsc');
  expect(spawnSync(tsc, ['-p', project], { encoding: 'utf8' })).toMatchObject({ stdout: '', status: 0 });
});

it('our own groups have every keyword of JSON Schema 2020-12', () => {
  const found = new Set<string>();
  const gather = (json: Json): void => {
    for (const [key, inner] of isObject(json) || isArray(json) ? Object.entries(json) : []) {
      found.add(key);
      gather(inner);
    }
  };
  for (const { schema } of OURS.groups()) gather(schema);
  const others = /^(x-.*|nullable|discriminator|writeOnly|xml|example|externalDocs|definitions|dependencies)$/;
  const older = /^(additionalItems|\$recursiveRef|\$recursiveAnchor|\$vocabulary)$/;
  const missing = Object.keys(keywords.schema).filter(
    (key) => !found.has(key) && !others.test(key) && !older.test(key),
  );
  expect(missing).toEqual([]);
});

const BY_TYPE: readonly (readonly [type: string, keywords: RegExp])[] = [
  ['number', /^(minimum|maximum|exclusiveMinimum|exclusiveMaximum|multipleOf)$/],
  ['string', /^(minLength|maxLength|pattern)$/],
  ['array', /^(items|prefixItems|contains|minContains|maxContains|minItems|maxItems|uniqueItems|unevaluatedItems)$/],
  ['object', /^(required|dependent.*|propertyNames|(min|max|additional|unevaluated|pattern)?properties)$/i],
];
const MAPS = /^(properties|patternProperties|dependentSchemas|\$defs)$/;
const VALUES = /^(enum|const|default|examples|dependentRequired)$/;

/** A schema in which each that speaks of values of some types says these types. */
function typed(schema: Json): Json {
  if (isArray(schema)) return schema.map(typed);
  if (!isObject(schema)) return schema;
  const each = (map: JsonObject) => fromEntries(Object.entries(map).map(([name, inner]) => [name, typed(inner)]));
  const entries = Object.entries(schema).map(([key, value]): [string, Json] => [
    key,
    VALUES.test(key) ? value : MAPS.test(key) && isObject(value) ? each(value) : typed(value),
  ]);
  const types = BY_TYPE.filter(([, said]) => entries.some(([key]) => said.test(key))).map(([type]) => type);
  const isTyped = entries.some(([key]) => key === 'type' || key === 'enum' || key === 'const');
  const [only = '', ...others] = types;
  return fromEntries(
    isTyped || types.length === 0 ? entries : [...entries, ['type', others.length > 0 ? types : only]],
  );
}

/** Also where a name is `__proto__`. */
const fromEntries = (entries: readonly (readonly [string, Json])[]): JsonObject =>
  JSON.parse(`{${entries.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join()}}`);

/** A schema as a component of a document, in which `#` is the document. */
function embedded(schema: Json): Json {
  if (isArray(schema)) return schema.map(embedded);
  if (!isObject(schema)) return schema;
  return fromEntries(
    Object.entries(schema).map(([key, value]): [string, Json] => {
      if (key === '$ref' && typeof value === 'string')
        return [key, value.replace(/^#(?=$|\/)/, '#/components/schemas/Subject')];
      return [key, VALUES.test(key) ? value : embedded(value)];
    }),
  );
}
