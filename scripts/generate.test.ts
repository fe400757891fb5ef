import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const here = import.meta.dirname;
let root = '';

function generate(...options: string[]): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync(process.execPath, [join(here, 'generate.ts'), '--root', root, ...options], {
    encoding: 'utf8',
  });
  return { status, stderr };
}

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'generate-'));
  mkdirSync(join(root, 'openapi'));
  mkdirSync(join(root, 'generated'));
  writeFileSync(join(root, 'generated', 'package.json'), '{}');
  cpSync(join(here, 'compiler', 'fixtures', 'library-internal.yaml'), join(root, 'openapi', 'library-internal.yaml'));
  expect(generate()).toEqual({ status: 0, stderr: '' });
});
afterAll(() => rmSync(root, { recursive: true }));

describe('--check', () => {
  it('is silent when generated/ belongs to the documents', { timeout: 60_000 }, () => {
    expect(generate('--check')).toEqual({ status: 0, stderr: '' });
  });

  it('names changed, missing and extra files and the command that mends them', { timeout: 60_000 }, () => {
    appendFileSync(join(root, 'generated', 'library-internal', 'schemas.ts'), '\n');
    appendFileSync(join(root, 'docs', 'contract-keywords.md'), '\n');
    rmSync(join(root, 'generated', 'library-internal', 'client.ts'));
    mkdirSync(join(root, 'generated', 'old-internal'));
    writeFileSync(join(root, 'generated', 'old-internal', 'types.ts'), '');
    const { status, stderr } = generate('--check');
    expect(status).toBe(1);
    expect(stderr.trim().split('\n')).toEqual([
      'docs/contract-keywords.md: changed',
      'generated/library-internal/schemas.ts: changed',
      'generated/library-internal/client.ts: missing',
      'generated/old-internal/types.ts: extra',
      'These files are not what the documents give. Mend it with: make generate',
    ]);
  });
});

it('mends all of it', { timeout: 60_000 }, () => {
  expect(generate()).toEqual({ status: 0, stderr: '' });
  expect(generate('--check')).toEqual({ status: 0, stderr: '' });
});

it('refuses a document with every place and exit code 1, and writes nothing', () => {
  const document = join(root, 'wrong.yaml');
  writeFileSync(document, 'openapi: 3.1.0\ninfo: { title: x, version: 1.0.0, x-a: 1 }\npaths: { /a: { head: {} } }\n');
  const { status, stderr } = generate('--document', document, '--out', join(root, 'out'));
  expect(status).toBe(1);
  expect(stderr).toContain('/info/x-a: ');
  expect(stderr).toContain('/paths/~1a/head: ');
  expect(existsSync(join(root, 'out'))).toBe(false);
});
