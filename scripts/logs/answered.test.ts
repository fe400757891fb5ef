import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it } from 'vitest';
import { parse } from 'yaml';
import { z } from 'zod';
import { type Answered, createAnswered } from './answered.ts';

const texts = new Map(
  ['bot-internal', 'backend-internal'].map((api) => [
    api,
    readFileSync(join(import.meta.dirname, '..', '..', 'openapi', `${api}.yaml`), 'utf8'),
  ]),
);
const PATHS = z.record(
  z.string(),
  z.record(z.string(), z.object({ operationId: z.string(), responses: z.record(z.string(), z.unknown()) })),
);
const request = (fields: object) =>
  JSON.stringify({ level: 'info', service: 'discord-bot', message: 'request', ...fields });
/** By service, every status that its document has, by operation. */
const DOCUMENTED = new Map(
  [['discord-bot', 'bot-internal'] as const, ['website-backend', 'backend-internal'] as const].map(([service, api]) => {
    const { paths } = z.object({ paths: PATHS }).parse(parse(texts.get(api) ?? ''));
    const operations = Object.values(paths).flatMap((methods) => Object.values(methods));
    return [
      service,
      operations.flatMap(({ operationId, responses }) =>
        Object.keys(responses).map((status) => ({ operationId, status: Number(status) })),
      ),
    ];
  }),
);

let answered: Answered;
beforeEach(() => {
  answered = createAnswered();
  for (const [service, answers] of DOCUMENTED) {
    for (const answer of answers) answered.add(request({ service, ...answer }), 'a.test.ts');
  }
});

it('no fault when every status of a handler was answered', () => {
  expect(answered.unanswered(texts)).toEqual([]);
  expect(answered.undocumented(texts)).toEqual([]);
});

it('a fault for a documented status that no test received, with the lines of the document', () => {
  const [api, text = ''] = [...texts][0] ?? ['', ''];
  const more = text.replace(
    "        '400': { $ref: '#/components/responses/BadRequest' }\n",
    (line) => `        '202':\n          description: Accepted\n${line}`,
  );
  const line = more.split('\n').indexOf("        '202':") + 1;
  expect(answered.unanswered(new Map([[api, more]]))).toEqual([
    `openapi/bot-internal.yaml:${line}: notifyUser documents 202, and no test got it\n→ add a test that gets it, or remove:\n        '202':\n          description: Accepted`,
  ]);
});

it('an operation of the same name in the other document does not count', () => {
  const bot = createAnswered();
  for (const answer of DOCUMENTED.get('discord-bot') ?? []) bot.add(request(answer), 'a.test.ts');
  expect(bot.unanswered(texts).filter((fault) => / (?:getService|healthCheck) /.test(fault))).toEqual([
    expect.stringMatching(/^openapi\/backend-internal\.yaml:\d+: getService documents 200/),
    expect.stringMatching(/^openapi\/backend-internal\.yaml:\d+: healthCheck documents 200/),
  ]);
});

it('a fault for an undocumented status', () => {
  answered.add(request({ operationId: 'notifyUser', status: 409 }), 'bot/b.test.ts');
  answered.add(request({ operationId: 'getService', status: 503 }), 'bot/c.test.ts');
  answered.add(request({ operationId: 'sendMail', status: 200 }), 'bot/c.test.ts');
  expect(answered.undocumented(texts)).toEqual([
    expect.stringMatching(
      /^openapi\/bot-internal\.yaml:\d+: notifyUser answered 409 in bot\/b\.test\.ts, which is not documented/,
    ),
    expect.stringMatching(/^openapi\/bot-internal\.yaml:\d+: getService answered 503 in bot\/c\.test\.ts/),
    expect.stringMatching(/^openapi\/bot-internal\.yaml:\d+: sendMail answered 200 in bot\/c\.test\.ts/),
  ]);
});

it.each([
  'ready',
  '{"message":"request"',
  request({ status: 404 }),
  request({ operationId: 'notifyUser' }),
  request({ operationId: 'notifyUser', status: 409, service: 'test' }),
  request({ operationId: 'notifyUser', status: 409, message: 'request failed' }),
])('%s is not a response of a service', (line) => {
  answered.add(line, 'a.test.ts');
  expect(answered.undocumented(texts)).toEqual([]);
});
