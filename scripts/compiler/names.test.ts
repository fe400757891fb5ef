import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Contract } from '@moddy/runtime/contract';
import { type Handlers, implement, type ServiceContext } from '@moddy/runtime/http/implement';
import { listen } from '@moddy/runtime/http/listener';
import { createLogger } from '@moddy/runtime/log';
import fc from 'fast-check';
import { afterAll, expect, it } from 'vitest';
import { compile } from './compile.ts';
import type { JsonObject } from './json.ts';
import { camelCase, serviceName } from './names.ts';
import { RejectedDocument } from './rejections.ts';

/* Names that JavaScript, TypeScript, JSON, HTTP or the generated modules could take for something else. */

const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const DOCUMENTS = Number(process.env.FUZZ_DOCUMENTS ?? 40);
const root = join(import.meta.dirname, '..', '..');
mkdirSync(join(root, '.cache'), { recursive: true });
const folder = mkdtempSync(join(root, '.cache', 'names-'));
afterAll(() => rmSync(folder, { recursive: true }));

const HOSTILE = [
  ...'create constructor toString then default class await options http call init body error status z table schemas'.split(
    ' ',
  ),
  ...'operations paths components undefined null true Proof Record Uint8Array Promise Date Error Object String'.split(
    ' ',
  ),
  ...[
    '__proto__',
    'prototype',
    'get-board',
    'a.b',
    'a_b',
    'aB',
    'A',
    '$ref',
    '1',
    '010',
    '1.10',
    '-1',
    '123456789012345678',
  ],
  ...[
    "it's",
    '"',
    '`$' + '{1}`',
    '*/',
    '//',
    '\\',
    '\n',
    ' ',
    'ü',
    '\u2028',
    '💥',
    'a/b',
    'a~1b',
    '<script>',
    'x-y',
    'X-Request-Id',
    'x-request-ID',
    '',
    'page[size]',
    '@id',
    'a:b',
    '$filter',
    'a&b',
    'a=b',
    'a+b',
    'a%62',
    '#a',
  ],
];
const name = fc.oneof(fc.constantFrom(...HOSTILE), fc.string({ maxLength: 6 }));
const documents = fc.record({
  file: fc.oneof(fc.constantFrom('options', 'create', 'internal-client', 'a', 'then', 'x-1', 'bot-internal'), name),
  operationId: name,
  schema: name,
  property: name,
  parameter: name,
  component: name,
  header: name,
  scheme: name,
  value: name,
});
type Names = typeof documents extends fc.Arbitrary<infer T> ? T : never;

function documentOf(names: Names): JsonObject {
  const { operationId, schema, property, parameter, component, header, scheme, value } = names;
  const $ref = `#/components/schemas/${encodeURIComponent(schema.replaceAll('~', '~0').replaceAll('/', '~1'))}`;
  const content = { 'application/json': { schema: { $ref } } };
  const responses = { '200': { $ref: `#/components/responses/${component}` }, '404': { description: value } };
  return {
    openapi: '3.1.0',
    info: { title: value, version: '1.0.0' },
    paths: {
      '/a': {
        post: {
          operationId,
          security: [{ [scheme]: [] }],
          summary: value,
          description: value,
          parameters: [
            { name: parameter, in: 'query', description: value, schema: { enum: [value, 'something else'] } },
          ],
          requestBody: { required: true, content },
          responses,
        },
      },
    },
    components: {
      securitySchemes: { [scheme]: { type: 'apiKey', in: 'header', name: 'X-Key' } },
      responses: {
        [component]: { description: value, content, headers: { [header]: { schema: { type: 'string' } } } },
      },
      schemas: {
        [schema]: {
          type: 'object',
          description: value,
          example: { [property]: value },
          properties: {
            [property]: { type: 'string', default: value },
            [`${property}2`]: { const: value },
            self: { $ref },
          },
        },
      },
    },
  };
}

it('every accepted name compiles, loads and can be called', { timeout: 120_000 + DOCUMENTS * 1_000 }, async () => {
  console.log(`FUZZ_SEED=${seed}`);
  const accepted = new Map<string, Names>();
  const rejected: string[] = [];
  // Each name alone, beside plain ones: two hostile names would hide each other.
  const plain: Names = {
    file: 'plain',
    operationId: 'send',
    schema: 'Word',
    property: 'text',
    parameter: 'p',
    component: 'Done',
    header: 'X-Mark',
    scheme: 'key',
    value: 'a',
  };
  const alone = (Object.keys(plain) as (keyof Names)[]).flatMap((key) =>
    HOSTILE.map((hostile) => ({ ...plain, [key]: hostile })),
  );
  for (const names of [
    ...fc.sample(fc.constantFrom(...alone), { seed, numRuns: DOCUMENTS }),
    ...fc.sample(documents, { seed, numRuns: DOCUMENTS }),
  ]) {
    const place = join(folder, `d${accepted.size}`);
    const output = await compile(names.file, JSON.stringify(documentOf(names))).catch((error: unknown) => error);
    if (output instanceof RejectedDocument) rejected.push(output.message);
    else if (!(output instanceof Map)) throw output;
    else {
      mkdirSync(place);
      for (const [file, text] of output) writeFileSync(join(place, file), String(text));
      accepted.set(place, names);
    }
  }
  const unadvised = rejected.filter((message) => !/: .*(write|rename|remove|quote|expected)/s.test(message));
  expect(unadvised.join('\n')).toBe('');
  expect(accepted.size).toBeGreaterThan(DOCUMENTS / 4);
  writeFileSync(
    join(folder, 'tsconfig.json'),
    JSON.stringify({ extends: join(root, 'tsconfig.base.json'), include: ['*/*.ts'], exclude: [] }),
  );
  const { stdout } = spawnSync(join(root, 'node_modules', '.bin', 'tsc'), ['-p', folder], { encoding: 'utf8' });
  expect(stdout).toBe('');
  for (const [place, names] of accepted) await callIt(place, names);
});

/** The shape of the types of every module made here, apart from its names. */
interface Sent {
  parameters: { query: Record<string, string> };
  requestBody: { content: { 'application/json': Record<string, unknown> } };
  responses: { 200: { headers: { mark?: string }; content: { 'application/json': Record<string, unknown> } } };
}

async function callIt(place: string, names: Names): Promise<void> {
  const routes = await import(pathToFileURL(join(place, 'routes.ts')).href);
  const client = await import(pathToFileURL(join(place, 'client.ts')).href);
  const contract: Contract<Record<string, Sent>> = routes[camelCase(names.file)];
  const [id = ''] = Object.keys(contract.operations);
  const isOfRuntime = names.header.toLowerCase() === 'x-request-id';
  const headers: { mark?: string } = isOfRuntime ? {} : { [names.header]: 'left' };
  const body = { [names.property]: 'sent', [`${names.property}2`]: names.value };
  const handlers: Handlers<Record<string, Sent>, ServiceContext> = {
    [id]: ({ body: read, parameters, reply }) => {
      const isSeen = parameters.query[names.parameter] === names.value;
      return reply(200, { ...read, ...(isSeen && { self: { [names.property]: 'seen' } }) }, headers);
    },
  };
  const context: ServiceContext = { log: createLogger('silent', 'names'), production: false };
  expect(() => implement(contract, handlers, context, { other: () => {} })).toThrow('no check for');
  const app = implement(contract, handlers, context, { [names.scheme]: () => {} });
  const listener = await listen(app, { port: 0, host: '127.0.0.1' });
  try {
    const made = client[`create${serviceName(names.file)}Client`]({
      baseUrl: `http://127.0.0.1:${listener.port}`,
    });
    const parameters = { query: { [names.parameter]: names.value } };
    const answer = await made[id](body, { parameters });
    const read = { ...body, self: { [names.property]: 'seen' } };
    expect(answer, JSON.stringify(names)).toMatchObject(isOfRuntime ? read : { body: read, headers });
  } finally {
    await listener.close();
  }
}
