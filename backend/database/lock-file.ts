import { readFileSync, rmSync, writeFileSync } from 'node:fs';

export class FolderInUse extends Error {
  override readonly name = 'FolderInUse';
  constructor(lockFile: string, pid: number) {
    super(
      `Another process (${pid}) uses this database folder; stop it, or remove ${lockFile} if it is not one of ours.`,
    );
  }
}

/**
 * Takes a lock file that names this process; one of a process that is gone is replaced.
 * @returns what gives it back.
 * @throws {FolderInUse}
 */
export function takeLockFile(lockFile: string): () => void {
  for (let attempt = 0; ; attempt += 1) {
    try {
      writeFileSync(lockFile, String(process.pid), { flag: 'wx' });
      return () => rmSync(lockFile, { force: true });
    } catch (error) {
      const holder = holderOf(lockFile);
      if (holder !== undefined || attempt > 0) throw holder === undefined ? error : new FolderInUse(lockFile, holder);
      rmSync(lockFile, { force: true });
    }
  }
}

/** The living process that a lock file names. Our own pid from an earlier life of the machine is no holder. */
function holderOf(lockFile: string): number | undefined {
  const pid = Number(readFileSync(lockFile, 'utf8'));
  if (!Number.isInteger(pid) || pid <= 0) return undefined;
  try {
    process.kill(pid, 0);
    return pid;
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM' ? pid : undefined;
  }
}
