import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startService } from '@moddy/scripts/system/service-process';

const root = pathToFileURL(join(import.meta.dirname, '..', '..', '/')).href;
const recorder = join(import.meta.dirname, 'record.ts');

/**
 * Lists the modules a service loads until its log has this line: the names of packages, and for our own files their path in the
 * repository.
 */
export async function loadedBy(main: string, variables: Readonly<Record<string, string>>, line: string) {
  const folder = await mkdtemp(join(tmpdir(), 'moddy-loaded-'));
  const file = join(folder, 'modules');
  const service = startService(main, ['--import', recorder, main], { ...variables, LOADED_MODULES: file });
  try {
    await service.line(line);
    return new Set((await readFile(file, 'utf8')).trimEnd().split('\n').map(nameOf));
  } finally {
    await service.kill('SIGKILL');
    await rm(folder, { recursive: true });
  }
}

/** `pg`, `@hono/node-server`, or `runtime/log.ts`. */
function nameOf(url: string): string {
  const [, inPackage] = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  return inPackage ?? url.replace(root, '');
}
