import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { parse } from 'yaml';
import { edited } from './compiler/testing/document.ts';
import { placeInText } from './statuses/place-in-text.ts';
import { statusFaults } from './statuses.ts';

const statusesOf = (operation: Record<string, unknown>) =>
  statusFaults(
    JSON.parse(
      JSON.stringify({ security: [{ bearer: [] }], paths: { '/x': { get: { responses: {}, ...operation } } } }),
    ),
  )
    .map(({ message }) => Number(message.split(' ')[0]))
    .sort();

it('an operation without responses lacks every status that the runtime can answer', () => {
  expect(statusesOf({ security: [] })).toEqual([421, 500]);
  expect(statusesOf({})).toEqual([401, 403, 421, 429, 500]);
  expect(statusesOf({ parameters: [] })).toEqual([401, 403, 421, 429, 500]);
  expect(statusesOf({ parameters: [{}] })).toEqual([401, 403, 421, 422, 429, 500]);
  expect(statusesOf({ requestBody: {} })).toEqual([400, 401, 403, 413, 415, 421, 422, 429, 500]);
});

const file = join(import.meta.dirname, '..', 'openapi', 'bot-internal.yaml');
const text = readFileSync(file, 'utf8');
const document = parse(text);
const SERVICE = '/paths/~1/get/responses';
const HEALTH = '/paths/~1internal~1health/get/responses';
const forbidden = { $ref: '#/components/responses/Forbidden' };

it('the documents have no fault', () => {
  expect(statusFaults(document)).toEqual([]);
});

it.each([
  [`${SERVICE}/401`, '401 is never answered here: the runtime answers it to a request without the secret'],
  [`${SERVICE}/403`, '403 is never answered here: the runtime answers it to a wrong secret'],
  [
    `${SERVICE}/429`,
    '429 is never answered here: the runtime answers it to an address that fails to authenticate too often',
  ],
  [`${HEALTH}/400`, '400 is never answered here: the runtime answers it to a body that is no JSON'],
  [`${HEALTH}/413`, '413 is never answered here: the runtime answers it to a body that is too long'],
  [`${HEALTH}/415`, '415 is never answered here: the runtime answers it to a body of another media type'],
  [`${HEALTH}/405`, '405 is never answered here: the runtime answers it to a method without an operation'],
])('%s is a fault where the runtime cannot answer it', (pointer, message) => {
  const response = pointer.endsWith('429') ? { $ref: '#/components/responses/TooManyRequests' } : forbidden;
  expect(statusFaults(edited(document, pointer, response))).toEqual([
    { pointer, message, cure: { advice: 'remove it' } },
  ]);
});

it.each(['404', '409', '410', '422'])('%s belongs to the handler and is allowed anywhere', (status) => {
  expect(statusFaults(edited(document, `${HEALTH}/${status}`, forbidden))).toEqual([]);
});

it('a missing or optional header that the runtime sends is a fault', () => {
  const missing = { cure: { paste: "headers: { X-Request-Id: { $ref: '#/components/headers/RequestId' } }" } };
  expect(statusFaults(edited(document, `${HEALTH}/404`, { description: 'Gone' }))).toMatchObject([
    {
      pointer: `${HEALTH}/404`,
      message: 'X-Request-Id is missing, which the runtime sends with every 404',
      ...missing,
    },
  ]);
  expect(statusFaults(edited(document, '/components/responses/Forbidden/headers', undefined))).toMatchObject([
    { pointer: '/components/responses/Forbidden', ...missing },
  ]);
  expect(
    statusFaults(edited(document, '/components/responses/TooManyRequests/headers/Retry-After', undefined)),
  ).toMatchObject([{ pointer: '/components/responses/TooManyRequests/headers' }]);
  const optional = statusFaults(edited(document, '/components/headers/RequestId/required', false));
  expect(new Set(optional.map(({ pointer }) => pointer))).toEqual(new Set(['/components/headers/RequestId']));
});

it('a JSON value without operations has no fault', () => {
  for (const json of [null, {}, { paths: [] }]) expect(statusFaults(json)).toEqual([]);
});

/** Follows the advice of one fault after the other. */
function pasteAll(yaml: string): string {
  let repaired = yaml;
  for (let left = 100; left > 0; left -= 1) {
    const fault = statusFaults(parse(repaired))[0];
    if (fault === undefined || !('paste' in fault.cure)) break;
    const { line, pasted } = placeInText(repaired, fault.pointer);
    const { how, text: added } = pasted(fault.cure.paste);
    const lines = repaired.split('\n');
    lines.splice(how === 'below it' ? line : line - 1, how === 'below it' ? 0 : 1, added);
    repaired = lines.join('\n');
  }
  return repaired;
}

it('the lines to paste restore the document, in blocks and in braces', () => {
  const poor = text
    .replaceAll(/^ {8}'(?:4\d\d|500)': .*\n/gm, '')
    .replaceAll(/^ +headers: \{ X-Request-Id: .*\n/gm, '')
    .replace('        Retry-After: ', '        Retry-In: ');
  expect(statusFaults(parse(poor)).length).toBeGreaterThan(20);
  expect(statusFaults(parse(pasteAll(poor)))).toEqual([]);
  // One reference is left of each kind, so the lines are those that were removed.
  const one = text.replace("        '421': { $ref: '#/components/responses/MisdirectedRequest' }\n", '');
  expect(pasteAll(one).split('\n').sort()).toEqual(text.split('\n').sort());
  const braces = text.replace('headers: { X-Request-Id: { $ref', 'headers: { X-Other: { $ref');
  expect(statusFaults(parse(pasteAll(braces)))).toEqual([]);
  expect(pasteAll(braces)).toContain(
    "          headers: { X-Other: { $ref: '#/components/headers/RequestId' }, X-Request-Id: { $ref: '#/components/headers/RequestId' } }",
  );
});
