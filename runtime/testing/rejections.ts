import { expect, it } from 'vitest';
import type { Operation } from '../contract.ts';

/** Where an operation under test is served, known once its service runs. */
export interface Target {
  readonly url: string;
  readonly secret: string;
}

/**
 * Tests, over real HTTP, for every answer that the runtime gives in a handler's place.
 * @param goodBody a body that the document allows, for operations that take one.
 */
export function itRejects(operation: Operation, target: () => Target, goodBody?: object): void {
  const call = async (headers: Record<string, string>, body?: string) => {
    const response = await fetch(target().url + operation.path, {
      method: operation.method.toUpperCase(),
      headers,
      ...(body === undefined ? {} : { body }),
    });
    expect(response.headers.get('x-request-id')).toMatch(/./);
    expect(Object.keys(operation.responses)).toContain(String(response.status));
    return { status: response.status, body: (await response.json()) as unknown };
  };
  const json = { 'content-type': 'application/json' };
  const good = goodBody === undefined ? undefined : JSON.stringify(goodBody);
  const bearer = () => ({ authorization: `Bearer ${target().secret}` });

  it('421 when the request came through the public edge', async () => {
    const answer = await call({ ...bearer(), ...json, 'x-forwarded-host': 'moddy.example.com' }, good);
    expect(answer).toEqual({ status: 421, body: { error: 'This API is only served on the private network' } });
  });
  if (!operation.secured) return;
  it('401 without an Authorization header', async () => {
    expect(await call(json, good)).toEqual({ status: 401, body: { error: 'Missing Authorization header' } });
  });
  it('401 when the secret is not sent as a bearer', async () => {
    const answer = await call({ ...json, authorization: target().secret }, good);
    expect(answer).toEqual({ status: 401, body: { error: 'Invalid Authorization format' } });
  });
  it('403 with another secret', async () => {
    const answer = await call({ ...json, authorization: `Bearer ${target().secret}x` }, good);
    expect(answer).toEqual({ status: 403, body: { error: 'Invalid secret' } });
  });
  if (operation.requestBody === undefined) return;
  it('400 when the body is not JSON', async () => {
    const answer = await call({ ...bearer(), ...json }, '{"discord_id": ');
    expect(answer).toEqual({ status: 400, body: { error: 'Malformed JSON' } });
  });
  it('413 when the body is longer than 64 KiB', async () => {
    const answer = await call({ ...bearer(), ...json }, JSON.stringify({ filler: 'x'.repeat(65_536) }));
    expect(answer).toEqual({ status: 413, body: { error: 'Body too large' } });
  });
  it('415 when the body is not sent as JSON', async () => {
    const answer = await call({ ...bearer(), 'content-type': 'text/plain' }, good);
    expect(answer).toEqual({ status: 415, body: { error: 'Content-Type must be application/json' } });
  });
  it('422 with the path of each fault when the body breaks the document', async () => {
    const answer = await call({ ...bearer(), ...json }, JSON.stringify({ discord_id: 12 }));
    expect(answer.status).toBe(422);
    expect(answer.body).toMatchObject({ error: 'The request does not match the contract' });
    expect(JSON.stringify(answer.body)).toContain('"path":"/body/discord_id"');
  });
}
