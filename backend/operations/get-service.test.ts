import { backendInternal } from '@moddy/generated/backend-internal/routes';
import { cleaningUp } from '@moddy/runtime/testing/cleaning-up';
import { itRejects } from '@moddy/runtime/testing/rejections';
import { beforeAll, describe, expect, it } from 'vitest';
import { SECRET, startTestBackend, type TestBackend } from '../testing/start-test-backend.ts';

describe('GET /', () => {
  let system: TestBackend;
  beforeAll(
    cleaningUp(async (end) => {
      system = await startTestBackend({}, end);
    }),
  );

  it('200 without the secret, with the exact text of the contract', async () => {
    const response = await fetch(system.internalUrl);
    expect(response.status).toBe(200);
    expect(await response.json()).toEqual({ service: 'website-backend-internal', status: 'running' });
  });
  it('404 for the private API on the public port', async () => {
    const headers = { authorization: `Bearer ${SECRET}` };
    expect((await fetch(`${system.publicUrl}/internal/health`, { headers })).status).toBe(404);
  });
  it('serves the document byte for byte', async () => {
    const { readFile } = await import('node:fs/promises');
    const document = await readFile(new URL('../../openapi/backend-internal.yaml', import.meta.url), 'utf8');
    expect(await (await fetch(`${system.internalUrl}/openapi.yaml`)).text()).toBe(document);
  });
  itRejects(backendInternal.operations.getService, () => ({ url: system.internalUrl, secret: SECRET }));
});
