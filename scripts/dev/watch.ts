import { type FSWatcher, readdirSync, statSync, watch as watchFolder } from 'node:fs';
import { join } from 'node:path';

/** An editor writes several files, and each several times. */
const QUIET_MS = 50;
/** Files that no running service loads. */
const IGNORED = /(^|\/)(node_modules|testing|released)(\/|$)|\.test\.ts$|~$|\.sw\w$/;

/**
 * Calls back with the files that were saved, relative to the root, one set after the other. Each folder has a watcher of
 * its own: a recursive one loses a file that an editor replaces.
 * @param onSaved the next set waits until it resolves
 */
export function watch(
  root: string,
  folders: readonly string[],
  onSaved: (files: ReadonlySet<string>) => Promise<void>,
) {
  const watchers: FSWatcher[] = [];
  let saved = new Set<string>();
  let timer: NodeJS.Timeout | undefined;
  let turn: Promise<void> = Promise.resolve();
  const flush = () => {
    turn = turn.then(async () => {
      const files = saved;
      saved = new Set();
      if (files.size > 0) await onSaved(files);
    });
  };
  const follow = (folder: string) => {
    const watcher = watchFolder(join(root, folder), (event, name) => {
      const path = `${folder}/${name}`;
      if (IGNORED.test(path)) return;
      if (event === 'rename' && statSync(join(root, path), { throwIfNoEntry: false })?.isDirectory()) follow(path);
      saved.add(path);
      clearTimeout(timer);
      timer = setTimeout(flush, QUIET_MS);
    });
    // The folder was removed.
    watcher.on('error', () => watcher.close());
    watchers.push(watcher);
    for (const entry of readdirSync(join(root, folder), { withFileTypes: true }))
      if (entry.isDirectory() && !IGNORED.test(entry.name)) follow(`${folder}/${entry.name}`);
  };
  folders.forEach(follow);
  return {
    close: () => {
      clearTimeout(timer);
      for (const watcher of watchers) watcher.close();
    },
  };
}
