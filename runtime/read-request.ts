import type { Context } from 'hono';
import type { ZodError } from 'zod';
import type { Operation } from './contract.ts';
import { type Fault, Refusal } from './outcomes.ts';

/** Longest body that is read, in bytes. */
export const MAX_BODY_BYTES = 64 * 1024;

/**
 * The JSON body of a request, validated.
 * @throws {Refusal} 415 not JSON, 413 too long, 400 not parseable, 422 breaks the contract.
 */
export async function readBody(operation: Operation, c: Context): Promise<unknown> {
  const { requestBody } = operation;
  if (requestBody === undefined) return undefined;
  const sent = c.req.header('content-length') !== '0' && hasBody(c);
  if (!sent && !requestBody.required) return undefined;
  requireJson(c);
  const parsed = requestBody.schema.safeParse(parseJson(await readBytes(c)));
  if (!parsed.success) throw brokenContract(parsed.error, '/body');
  return parsed.data;
}

/**
 * The documented parameters by place (`{ header: { 'Idempotency-Key': … } }`), validated.
 * @throws {Refusal} 422 with every fault.
 */
export function readParameters(operation: Operation, c: Context): Record<string, Record<string, unknown>> {
  const read: Record<string, Record<string, unknown>> = {};
  const faults: Fault[] = [];
  for (const { in: place, name, required, schema } of operation.parameters) {
    read[place] ??= {};
    const text = place === 'header' ? c.req.header(name) : place === 'query' ? c.req.query(name) : c.req.param(name);
    if (text === undefined) {
      if (required) faults.push({ path: `/${place}/${pointer(name)}`, message: 'Required' });
      continue;
    }
    const parsed = schema.safeParse(text);
    if (parsed.success) read[place][name] = parsed.data;
    else faults.push(...faultsOf(parsed.error, `/${place}/${pointer(name)}`));
  }
  if (faults.length > 0) throw new Refusal(422, BROKEN, faults);
  return read;
}

const BROKEN = 'The request does not match the contract';
const brokenContract = (error: ZodError, root: string) => new Refusal(422, BROKEN, faultsOf(error, root));

/** More would only repeat the same mistake to a caller that sent thousands of them. */
const MAX_FAULTS = 20;

export function faultsOf(error: ZodError, root: string): Fault[] {
  return error.issues
    .slice(0, MAX_FAULTS)
    .map(({ path, message }) => ({ path: [root, ...path.map((key) => pointer(String(key)))].join('/'), message }));
}

/** RFC 6901: `~` and `/` inside a key. */
const pointer = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');

const hasBody = (c: Context) =>
  c.req.header('content-length') !== undefined || c.req.header('transfer-encoding') !== undefined;

function requireJson(c: Context): void {
  const type = c.req.header('content-type')?.split(';', 1)[0]?.trim().toLowerCase();
  const encoding = c.req.header('content-encoding')?.trim().toLowerCase();
  if (type !== 'application/json') throw new Refusal(415, 'Content-Type must be application/json');
  if (encoding !== undefined && encoding !== 'identity') throw new Refusal(415, 'Content-Encoding is not supported');
}

async function readBytes(c: Context): Promise<Uint8Array> {
  const length = Number(c.req.header('content-length'));
  if (length > MAX_BODY_BYTES) throw new Refusal(413, 'Body too large');
  // Node cuts a body at its Content-Length, so only a chunked one has to be counted.
  if (Number.isInteger(length)) return new Uint8Array(await c.req.arrayBuffer());
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of c.req.raw.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_BODY_BYTES) throw new Refusal(413, 'Body too large');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw new Refusal(400, 'Malformed JSON');
  }
}
