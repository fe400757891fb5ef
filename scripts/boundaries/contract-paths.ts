import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What finds a path of the documents in a text; `/` is no secret. */
export function contractPaths(root: string): RegExp[] {
  const folder = join(root, 'openapi');
  const files = existsSync(folder) ? readdirSync(folder).filter((file) => file.endsWith('.yaml')) : [];
  // A path stands at the beginning of its line, two deep; no need to understand the rest.
  const found = files.flatMap((file) =>
    [...readFileSync(join(folder, file), 'utf8').matchAll(/^ {2}(\/[^\s:]+):/gm)].map((match) => match[1] ?? ''),
  );
  return [...new Set(found)].map((path) => new RegExp(`${path.replace(/[.{}]/g, '\\$&')}(?![\\w-])`));
}
