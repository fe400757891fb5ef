import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const RELEASED = 'openapi/released';

/** The faults in the history of the released documents: one commit has to add each, and none may change it. */
export function historyFaults(root: string): string[] {
  const git = (...args: string[]) => spawnSync('git', args, { cwd: root, encoding: 'utf8' });
  const lines = (...args: string[]) =>
    git(...args)
      .stdout.split('\n')
      .filter(Boolean);
  const shallow = git('rev-parse', '--is-shallow-repository');
  if (shallow.status !== 0)
    return [`${root} is no git repository, so the history of ${RELEASED}/ is unknown\n→ run this in a clone`];
  if (shallow.stdout.trim() === 'true')
    return [`this clone is shallow, so the history of ${RELEASED}/ is unknown\n→ git fetch --unshallow`];
  const changed = new Set(lines('diff', '--name-only', '--no-renames', 'HEAD', '--', RELEASED));
  const committed = new Set(lines('log', '--format=', '--name-only', '--no-renames', '--', RELEASED));
  return [...committed].flatMap((path) => {
    const [added, ...later] = lines('log', '--format=%h', '--reverse', '--', path);
    if (!existsSync(join(root, path)))
      return [`${path} was removed after its release\n→ git checkout ${added} -- ${path}`];
    if (later.length > 0)
      return [
        `${path} has ${later.length + 1} commits in its history, and a released file has one\n→ leave ${later.join(', ')} out of this branch; what changes is released under a version of its own`,
      ];
    return changed.has(path) ? [`${path} was changed after its release\n→ git checkout HEAD -- ${path}`] : [];
  });
}
