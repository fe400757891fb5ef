import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { startService } from '@moddy/scripts/system/service-process';

const root = pathToFileURL(join(import.meta.dirname, '..', '..', '/')).href;
const recorder = join(import.meta.dirname, 'record.ts');

/**
 * What a service loads until its log has this line: the names of packages, and for our own files their path in the
 * repository.
 */
export async function loadedBy(main: string, variables: Readonly<Record<string, string>>, line: string) {
  const loaded = new Set<string>();
  const service = startService(main, ['--import', recorder, main], variables, (_name, { url }) => {
    if (typeof url === 'string') loaded.add(nameOf(url));
  });
  await service.line(line).finally(() => service.kill('SIGKILL'));
  return loaded;
}

/** `pg`, `@hono/node-server`, or `runtime/log.ts`. */
function nameOf(url: string): string {
  const [, inPackage] = /^.*\/node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(url) ?? [];
  return inPackage ?? url.replace(root, '');
}
