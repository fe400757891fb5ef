import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { edited, MESSAGE, plainDocument } from './compiler/testing/document.ts';

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
  const fixture = readFileSync(join(here, 'compiler', 'fixtures', 'library-internal.yaml'), 'utf8');
  // In openapi/ each extension of ours stands beside prose that says the same.
  const described = fixture
    .replaceAll(/ (x-moddy-(?:max-bytes|unknown-value): )/g, ' description: In words., $1')
    .replaceAll(/^( +)(x-moddy-disjoint: )/gm, '$1description: In words.\n$1$2');
  writeFileSync(join(root, 'openapi', 'library-internal.yaml'), described);
  expect(generate()).toEqual({ status: 0, stderr: '' });
});
afterAll(() => rmSync(root, { recursive: true }));

describe('--check', () => {
  it('is silent when generated/ matches the documents', () => {
    expect(generate('--check')).toEqual({ status: 0, stderr: '' });
  });

  it('names changed, missing and extra files and the command that fixes them', () => {
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
      'These files are not what the documents give. Fix it with: make generate',
    ]);
  });
});

it('generate fixes changed, missing and extra files', () => {
  expect(generate()).toEqual({ status: 0, stderr: '' });
  expect(generate('--check')).toEqual({ status: 0, stderr: '' });
});

it('generate exits 1 with every place of a rejected document, and writes nothing', () => {
  const document = join(root, 'wrong.yaml');
  writeFileSync(document, 'openapi: 3.1.0\ninfo: { title: x, version: 1.0.0, a: 1 }\npaths: { /a: { head: {} } }\n');
  const { status, stderr } = generate('--document', document, '--out', join(root, 'out'));
  expect(status).toBe(1);
  expect(stderr).toContain('wrong.yaml:2:35 /info/a: ');
  expect(stderr).toContain('wrong.yaml:3:16 /paths/~1a/head: ');
  expect(existsSync(join(root, 'out'))).toBe(false);
});

describe('an invalid call', () => {
  const at = (name: string) => join(root, name);
  it.each<[string, () => string[], string]>([
    ['a missing file', () => ['--document', at('none.yaml')], 'does not exist.'],
    ['a folder', () => ['--document', at('openapi.yaml')], 'cannot be read (EISDIR).'],
    [
      'another kind of file',
      () => ['--document', at('none.txt')],
      'expected a file that ends with .yaml, .yml or .json.',
    ],
    ['a text that is not UTF-8', () => ['--document', at('latin.yaml')], 'is not UTF-8; save it as that.'],
    ['an unknown option', () => ['--documnt', 'x'], "Unknown option '--documnt'"],
    ['an option without its value', () => ['--document'], "'--document <value>' argument missing"],
    ['--check of a document', () => ['--check', '--document', at('a.yaml')], '--check is for openapi/ alone'],
    ['--out that is a file', () => ['--document', at('good.json'), '--out', at('latin.yaml')], 'latin.yaml'],
    ['an unknown root', () => ['--root', at('none')], "scandir '"],
    ['--out alone', () => ['--out', at('out')], '--out and --name go with --document.'],
    ['a name that cannot be used', () => ['--document', at('My API.json')], 'write my-api'],
  ])('is rejected in one sentence: %s', (_why, options, sentence) => {
    mkdirSync(at('openapi.yaml'), { recursive: true });
    writeFileSync(at('latin.yaml'), Uint8Array.of(0x61, 0x3a, 0xe9));
    writeFileSync(at('My API.json'), JSON.stringify(plainDocument));
    writeFileSync(at('good.json'), JSON.stringify(plainDocument));
    const { status, stderr } = generate(...options());
    expect(status).toBe(1);
    expect(stderr).toContain(sentence);
    expect(stderr).not.toContain('    at ');
  });

  it('is rejected in one line for a document in openapi/ with another extension', () => {
    writeFileSync(join(root, 'openapi', 'other.yml'), 'openapi: 3.1.0');
    const { status, stderr } = generate('--check');
    rmSync(join(root, 'openapi', 'other.yml'));
    expect([status, stderr.trim().split('\n').length]).toEqual([1, 1]);
    expect(stderr).toContain('other.yml: documents here end with .yaml');
  });
});

it('a JSON document outside the repository becomes a package that loads with its own dependencies', {
  timeout: 120_000,
}, () => {
  const outside = mkdtempSync(join(tmpdir(), 'outside-'));
  try {
    writeFileSync(join(outside, 'Post API.json'), JSON.stringify(plainDocument, null, '\t'));
    const out = join(outside, 'post');
    const options = ['--document', join(outside, 'Post API.json'), '--out', out, '--name', 'post-api'];
    const made = spawnSync(process.execPath, [join(here, 'generate.ts'), ...options], { encoding: 'utf8' });
    expect(made.stderr).toBe('');
    // All of them are folders of this checkout, so nothing is fetched.
    const npm = spawnSync('npm', ['install', '--offline', '--no-audit', '--no-fund'], { cwd: out, encoding: 'utf8' });
    expect(npm.stderr).not.toContain('ERR');
    const script = `
      const { createPostApiClient, PostApiClientError } = await import('./client.ts');
      const { postApi } = await import('./routes.ts');
      const { implement } = await import('@moddy/runtime/http/implement');
      const app = implement(postApi, { sendMessage: ({ reply }) => reply(200, { text: 'x' }) }, { production: false }, (c, next) => next());
      const client = createPostApiClient({ baseUrl: 'http://127.0.0.1:9', secret: 's' });
      const error = await client.sendMessage({ text: 'x' }, { parameters: { path: { messageId: 'a' } } }).catch((thrown) => thrown);
      console.log(typeof app.fetch, error instanceof PostApiClientError, error.outcome);
      process.exit(0);`;
    const ran = spawnSync(process.execPath, ['--input-type=module', '--eval', script], { cwd: out, encoding: 'utf8' });
    expect(ran.stdout.trim(), ran.stderr).toBe('function true unreachable');
    const project = {
      extends: join(here, '..', 'tsconfig.base.json'),
      compilerOptions: { typeRoots: [join(here, '..', 'node_modules', '@types')] },
      include: ['*.ts'],
    };
    writeFileSync(join(out, 'tsconfig.json'), JSON.stringify(project));
    const tsc = spawnSync(join(here, '..', 'node_modules', '.bin', 'tsc'), ['-p', out], { encoding: 'utf8' });
    expect(tsc.stdout).toBe('');
  } finally {
    rmSync(outside, { recursive: true });
  }
});

it('an example that violates its schema is an error', () => {
  const document = edited(plainDocument, `${MESSAGE}/properties/text/examples`, [7]);
  const file = join(root, 'examples.json');
  writeFileSync(file, JSON.stringify(document));
  const redocly = join(here, '..', 'node_modules', '.bin', 'redocly');
  const { status, stdout, stderr } = spawnSync(redocly, ['lint', file, '--config', join(here, '..', 'redocly.yaml')], {
    encoding: 'utf8',
  });
  expect([status, stdout + stderr]).toEqual([1, expect.stringContaining('no-invalid-schema-examples')]);
});
