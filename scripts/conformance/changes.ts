/* The list of what can be wrong with a request, in one file so that a gap in it is seen at a glance. */

import { breakagesOf } from './breakages.ts';
import { withField } from './good-requests.ts';
import { operationsAt, pathnameOf } from './paths.ts';
import { ANSWER, byteLength, type Expected, type Request, type Target } from './request.ts';

const rejection = (...statuses: number[]): Expected => ({ kind: 'refusal', statuses });
/** The guard slows down an address that fails to authenticate again and again. */
const TOO_MANY_FAILURES = 429;

type Change = (good: Request, pick: number, target: Target) => Request | undefined;
const from = <T>(list: readonly T[], pick: number): T | undefined => list[pick % list.length];

/** Changes by name: each breaks one thing of a good request, or answers nothing where it does not apply. */
export const CHANGES: Readonly<Record<string, { readonly weight: number; readonly change: Change }>> = {
  none: { weight: 8, change: (good) => good },
  'a rule of the body': {
    weight: 8,
    change(good, pick, { document, judge }) {
      const body = good.operation?.body;
      if (body === undefined || good.json === undefined) return undefined;
      const broken = from(breakagesOf(document, body.schema, good.json), pick);
      if (broken === undefined || byteLength(broken.value) > 65_000) return undefined;
      const flaws = judge.flawsOfRequest(body.schema, broken.value);
      const at = flaws.map(({ path, orBelow }) => ({ path: `/body${path}`, orBelow }));
      return {
        ...good,
        what: `a body with another ${broken.rule}`,
        json: broken.value,
        body: JSON.stringify(broken.value),
        expected: flaws.length === 0 ? ANSWER : { kind: 'refusal', statuses: [422], at },
      };
    },
  },
  'a parameter': {
    weight: 3,
    change(good, pick, { judge }) {
      const field = from(good.operation?.parameters ?? [], pick);
      if (field === undefined || field.in === 'path') return undefined;
      const texts = [
        '',
        '0',
        '-1',
        '1.5',
        '1e3',
        '01',
        '+1',
        '0x10',
        'true',
        'x'.repeat(201),
        '9007199254740993',
        '1000001',
        '5',
      ];
      const text = from(texts, Math.floor(pick / 7)) ?? '';
      const at = [{ path: `/${field.in}/${field.name}`, orBelow: true }];
      const valid = judge.acceptsTexts(field, [text]);
      const expected: Expected = valid ? ANSWER : { kind: 'refusal', statuses: [422], at };
      return { ...withField(good, field, [text]), what: `${field.name}: ${JSON.stringify(text)}`, expected };
    },
  },
  'no JSON': {
    weight: 2,
    change(good, pick) {
      if (good.body === undefined) return undefined;
      const texts = [
        String(good.body).slice(0, -1),
        '',
        '{',
        `${good.body}]`,
        'undefined',
        "{'a':1}",
        '\ufeff\ufeff{}',
        '{"a":NaN}',
      ];
      const bytes = Uint8Array.of(0x22, 0xc3, 0x28, 0x22);
      return { ...without(good), what: 'no JSON', body: from([...texts, bytes], pick) ?? '', expected: rejection(400) };
    },
  },
  'another media type': {
    weight: 2,
    change(good, pick) {
      if (good.body === undefined) return undefined;
      const types = [
        'text/plain',
        '',
        'application/jsonx',
        'application/x-www-form-urlencoded',
        'json',
        'multipart/form-data; boundary=a',
      ];
      const type = pick % 7 === 6 ? undefined : from(types, pick);
      const { 'content-type': contentType = '', ...rest } = good.headers;
      const headers =
        type === undefined
          ? { ...rest, 'content-type': contentType, 'content-encoding': 'gzip' }
          : { ...rest, ...(type && { 'content-type': type }) };
      return { ...good, what: `media type ${type ?? 'gzip'}`, headers, expected: rejection(415) };
    },
  },
  'too long a body': {
    weight: 1,
    change(good, pick) {
      if (good.body === undefined) return undefined;
      const size = pick % 2 === 0 ? 65_536 : 65_537;
      const padded = String(good.body) + ' '.repeat(size - Buffer.byteLength(good.body));
      return {
        ...good,
        what: `a body of ${size} bytes`,
        body: padded,
        expected: size > 65_536 ? rejection(413) : ANSWER,
      };
    },
  },
  'no secret': {
    weight: 3,
    change(good, pick, { secret }) {
      const { authorization: _, ...headers } = good.headers;
      const sent =
        from(
          ['', 'Bearer', 'Basic abc', secret, `bearer ${secret}`, `Bearer ${secret}x`, 'Bearer x', `Bearer  ${secret}`],
          pick,
        ) ?? '';
      const status = sent.startsWith('Bearer ') ? 403 : 401;
      const expected = good.operation?.secured ? rejection(status, TOO_MANY_FAILURES) : ANSWER;
      return {
        ...good,
        what: `authorization ${sent}`,
        headers: { ...headers, ...(sent && { authorization: sent }) },
        expected,
      };
    },
  },
  'from outside': {
    weight: 1,
    change(good, pick) {
      const added = from(
        [
          { 'x-forwarded-host': 'a.example' },
          { 'x-railway-edge': 'x' },
          { host: 'moddy.example.com' },
          { host: '8.8.8.8' },
        ],
        pick,
      );
      return { ...good, what: 'from outside', headers: { ...good.headers, ...added }, expected: rejection(421) };
    },
  },
  'HEAD for GET': {
    weight: 1,
    change: (good) => (good.method === 'GET' ? { ...good, what: 'HEAD', method: 'HEAD' } : undefined),
  },
  'another method': {
    weight: 2,
    change(good, pick, { operations, secret }) {
      const method = from(['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'], pick) ?? '';
      const served = operationsAt(operations, good.path).map((one) => one.method);
      const allow = served.includes('GET') ? [...served, 'HEAD'] : served;
      if (allow.includes(method)) return undefined;
      const headers = { ...good.headers, authorization: `Bearer ${secret}` };
      return {
        ...without(good),
        what: `method ${method}`,
        operation: undefined,
        method,
        headers,
        expected: { kind: 'refusal', statuses: [405], allow: allow.sort() },
      };
    },
  },
  'another path': {
    weight: 2,
    change(good, pick, { operations, secret }) {
      const path = pathnameOf(good.path);
      const other =
        from(
          [
            `${path}/x`,
            `${path}/`,
            `/x${path}`,
            path.toUpperCase(),
            `${path};a`,
            '/internal',
            '/docs/x',
            '/openapi.yml',
          ],
          pick,
        ) ?? '';
      const isRoot = other.replace(/\/+$/, '') === '';
      if (other === path || isRoot || operationsAt(operations, other).length > 0) return undefined;
      const allowed = pick % 3 > 0;
      const headers = allowed ? { ...good.headers, authorization: `Bearer ${secret}` } : {};
      return {
        ...without(good),
        what: `path ${other}`,
        operation: undefined,
        path: other,
        headers,
        expected: allowed ? rejection(404) : rejection(401, TOO_MANY_FAILURES),
      };
    },
  },
};

/** The body no longer is what the schema was asked about. */
const without = ({ json: _, ...request }: Request): Request => request;
