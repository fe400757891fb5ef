import type { IncomingMessage } from 'node:http';
import type { ZodError } from 'zod';
import { compiled } from '../compiled.ts';
import type { Operation } from '../contract.ts';
import { type Fault, RequestError } from '../errors.ts';
import type { Exchange } from './exchange.ts';

/** Longest body that is read, in bytes. */
export const MAX_BODY_BYTES = 64 * 1024;

/**
 * The bytes of a documented body; undefined where there is none to read.
 * @throws {Refusal} 415 not JSON, 413 too long, 400 ended early.
 */
export function receiveBody({ requestBody }: Operation, incoming: IncomingMessage): Promise<Uint8Array> | undefined {
  if (requestBody === undefined || !(requestBody.required || hasBody(incoming))) return undefined;
  requireJson(incoming);
  return readBytes(incoming);
}

/**
 * The JSON of a received body, validated.
 * @throws {Refusal} 400 not parseable, 422 breaks the contract.
 */
export function readBody({ requestBody }: Operation, bytes: Uint8Array | undefined): unknown {
  if (requestBody === undefined || bytes === undefined) return undefined;
  const parsed = compiled(requestBody.schema).safeParse(parseJson(bytes));
  if (!parsed.success) throw brokenContract(parsed.error, '/body');
  return parsed.data;
}

/**
 * The documented parameters by place (`{ header: { 'Idempotency-Key': … } }`), validated.
 * @throws {Refusal} 422 with every fault.
 */
export function readParameters(
  operation: Operation,
  { incoming, target }: Exchange,
  inPath: Readonly<Record<string, string>>,
): Record<string, Record<string, unknown>> {
  const read: Record<string, Record<string, unknown>> = {};
  const faults: Fault[] = [];
  for (const { in: place, name, required, schema } of operation.parameters) {
    read[place] ??= {};
    const text =
      place === 'header'
        ? incoming.headers[name.toLowerCase()]
        : place === 'path'
          ? inPath[name]
          : new URLSearchParams(target.query).get(name);
    if (text === undefined || text === null) {
      if (required) faults.push({ path: `/${place}/${pointer(name)}`, message: 'Required' });
      continue;
    }
    const parsed = compiled(schema).safeParse(text);
    if (parsed.success) read[place][name] = parsed.data;
    else faults.push(...faultsOf(parsed.error, `/${place}/${pointer(name)}`));
  }
  if (faults.length > 0) throw new RequestError(422, BROKEN, faults);
  return read;
}

const BROKEN = 'The request does not match the contract';
const brokenContract = (error: ZodError, root: string) => new RequestError(422, BROKEN, faultsOf(error, root));

/** More would only repeat the same mistake to a caller that sent thousands of them. */
const MAX_FAULTS = 20;

export function faultsOf(error: ZodError, root: string): Fault[] {
  return error.issues
    .slice(0, MAX_FAULTS)
    .map(({ path, message }) => ({ path: [root, ...path.map((key) => pointer(String(key)))].join('/'), message }));
}

/** RFC 6901: `~` and `/` inside a key. */
const pointer = (key: string) => key.replaceAll('~', '~0').replaceAll('/', '~1');

export const hasBody = ({ headers }: IncomingMessage) =>
  headers['content-length'] !== '0' &&
  (headers['content-length'] !== undefined || headers['transfer-encoding'] !== undefined);

function requireJson({ headers }: IncomingMessage): void {
  const type = headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  const encoding = headers['content-encoding']?.trim().toLowerCase();
  if (type !== 'application/json') throw new RequestError(415, 'Content-Type must be application/json');
  if (encoding !== undefined && encoding !== 'identity')
    throw new RequestError(415, 'Content-Encoding is not supported');
}

function readBytes(incoming: IncomingMessage): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const tooLong = () => reject(new RequestError(413, 'Body too large'));
    if (Number(incoming.headers['content-length']) > MAX_BODY_BYTES) return tooLong();
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    const keep = (chunk: Uint8Array) => {
      bytes += chunk.byteLength;
      chunks.push(chunk);
      if (bytes <= MAX_BODY_BYTES) return;
      incoming.off('data', keep);
      tooLong();
    };
    incoming.on('data', keep);
    incoming.on('end', () => resolve(chunks.length === 1 && chunks[0] ? chunks[0] : Buffer.concat(chunks)));
    incoming.on('error', () => reject(new RequestError(400, 'The body ended early')));
  });
}

const utf8 = new TextDecoder('utf-8', { fatal: true });

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(utf8.decode(bytes));
  } catch {
    throw new RequestError(400, 'Malformed JSON');
  }
}
