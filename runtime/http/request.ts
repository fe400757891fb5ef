import type { Context } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import type { HonoRequest } from 'hono/request';
import type { ZodError } from 'zod';
import { validate } from '../compiled.ts';
import type { Operation } from '../contract.ts';
import { type Fault, RequestError } from '../errors.ts';
import { INEXACT, isInexact, parseExactly, withNumbers } from '../exact-json.ts';

/** Longest body that is read, in bytes. */
const MAX_BODY_BYTES = 64 * 1024;

/**
 * The JSON of the documented body, validated; undefined where there is none.
 * @throws {RequestError} 415 not JSON, 413 too long, 400 unreadable, 422 breaks the contract.
 */
export async function readBody({ requestBody }: Operation, c: Context): Promise<unknown> {
  if (requestBody === undefined || !(requestBody.required || hasBody(c.req))) return undefined;
  requireMedia(c.req, requestBody.media ?? 'application/json');
  const text = decoded(await readBytes(c));
  const parsed = validate(requestBody.schema, parseJson(text));
  if (!parsed.success) throw new RequestError(422, BROKEN, faultsOf(parsed.error, '/body'));
  return withNumbers(parsed.data, text);
}

/**
 * The bytes of a body.
 * @throws {RequestError} 413 too long, 400 for a caller that went away in the middle.
 */
export async function readBytes(c: Context, maxBytes = MAX_BODY_BYTES): Promise<ArrayBuffer> {
  const length = c.req.header('content-length');
  const fits = length !== undefined && Number(length) <= maxBytes && !c.req.header('transfer-encoding');
  try {
    // `bodyLimit` makes a whole `Request` out of the adapter's light one, which only an unknown length is worth.
    if (!fits) await bodyLimit({ maxSize: maxBytes, onError: tooLarge })(c, async () => {});
    return await c.req.arrayBuffer();
  } catch (error) {
    throw error instanceof RequestError ? error : new RequestError(400, 'The body ended early');
  }
}

const tooLarge = (): never => {
  throw new RequestError(413, 'Body too large');
};

const BROKEN = 'The request does not match the contract';

/**
 * The documented parameters by place (`{ header: { 'Idempotency-Key': … } }`), validated.
 * @throws {RequestError} 422 with every fault.
 */
export function readParameters(
  { parameters }: Operation,
  request: HonoRequest,
): Record<string, Record<string, unknown>> {
  const read: Record<string, Record<string, unknown>> = {};
  const faults: Fault[] = [];
  for (const parameter of parameters) {
    const { in: place, name, required, default: fallback, schema } = parameter;
    read[place] ??= {};
    const sent = sentValue(parameter, request);
    if (sent === undefined) {
      if (required) faults.push({ path: `/${place}/${pointer(name)}`, message: 'Required' });
      else if (fallback !== undefined) read[place][name] = fallback;
      continue;
    }
    if (sent === REPEATED) {
      faults.push({ path: `/${place}/${pointer(name)}`, message: 'Must not be repeated' });
      continue;
    }
    const parsed = validate(schema, sent);
    if (parsed.success) read[place][name] = parsed.data;
    else faults.push(...faultsOf(parsed.error, `/${place}/${pointer(name)}`));
  }
  if (faults.length > 0) throw new RequestError(422, BROKEN, faults);
  return read;
}

function sentValue(
  { in: place, name, list }: Operation['parameters'][number],
  request: HonoRequest,
): string | readonly string[] | typeof REPEATED | undefined {
  if (place === 'path') return list ? request.param(name)?.split(',') : request.param(name);
  if (place === 'query') {
    const texts = request.queries(name);
    return list || texts === undefined ? texts : texts.length > 1 ? REPEATED : texts[0];
  }
  const text = request.header(name);
  // RFC 9110 5.6.1: empty elements count for nothing.
  return list && text !== undefined ? text.split(',').flatMap((item) => item.trim() || []) : text;
}

/** A parameter of one value that came more than once: which of them was meant is unknown. */
const REPEATED = Symbol('repeated');

/** More would only repeat the same mistake to a caller that sent thousands of them. */
const MAX_FAULTS = 20;

export function faultsOf(error: ZodError, root: string): Fault[] {
  return error.issues.slice(0, MAX_FAULTS).map(({ path, message }) => ({
    path: [root, ...path.map((key) => pointer(String(key)))].join('/'),
    message: isInexact(message) ? INEXACT : message,
  }));
}

/** RFC 6901: `~` and `/` inside a key. */
const pointer = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');

function hasBody(request: HonoRequest): boolean {
  const length = request.header('content-length');
  return length !== '0' && (length !== undefined || request.header('transfer-encoding') !== undefined);
}

function requireMedia(request: HonoRequest, media: string): void {
  const type = request.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  const encoding = request.header('content-encoding')?.trim().toLowerCase();
  if (type !== media) throw new RequestError(415, `Content-Type must be ${media}`);
  if (encoding !== undefined && encoding !== 'identity')
    throw new RequestError(415, 'Content-Encoding is not supported');
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function decoded(bytes: ArrayBuffer): string {
  try {
    return utf8.decode(bytes);
  } catch {
    throw new RequestError(400, 'Malformed JSON');
  }
}

function parseJson(text: string): unknown {
  try {
    return parseExactly(text);
  } catch {
    throw new RequestError(400, 'Malformed JSON');
  }
}
