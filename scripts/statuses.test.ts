import { expect, it } from 'vitest';
import { edited, OPERATION, plainDocument } from './compiler/testing/document.ts';
import { missingStatuses } from './statuses.ts';

const response = { description: '' };
const statusesOf = (operation: Record<string, unknown>) =>
  missingStatuses(
    JSON.parse(
      JSON.stringify({ security: [{ bearer: [] }], paths: { '/x': { get: { responses: {}, ...operation } } } }),
    ),
  )
    .map(({ status }) => status)
    .sort();

it('asks of every operation for what the runtime can answer', () => {
  expect(statusesOf({ security: [] })).toEqual([421, 500]);
  expect(statusesOf({})).toEqual([401, 403, 421, 429, 500]);
  expect(statusesOf({ parameters: [] })).toEqual([401, 403, 421, 429, 500]);
  expect(statusesOf({ parameters: [{}] })).toEqual([401, 403, 421, 422, 429, 500]);
  expect(statusesOf({ requestBody: {} })).toEqual([400, 401, 403, 413, 415, 421, 422, 429, 500]);
});

it('is content when they are there, and says where one is not', () => {
  const statuses = [200, 400, 401, 403, 413, 415, 421, 422, 429, 500];
  const whole = edited(
    plainDocument,
    `${OPERATION}/responses`,
    Object.fromEntries(statuses.map((status) => [status, response])),
  );
  expect(missingStatuses(whole)).toEqual([]);
  const missing = missingStatuses(edited(whole, `${OPERATION}/responses/415`, undefined));
  expect(missing).toEqual([{ pointer: `${OPERATION}/responses`, status: 415, why: 'to another media type' }]);
});

it('says nothing of what is no document', () => {
  for (const json of [null, {}, { paths: [] }]) expect(missingStatuses(json)).toEqual([]);
});
