import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** The system account a server process runs under; empty for an ordinary user, who runs it as themselves. */
export type Account = { uid: number; gid: number } | Record<string, never>;

const findAccount = async (): Promise<Account> => {
  const [uid, gid] = await Promise.all([run('id', ['-u', 'postgres']), run('id', ['-g', 'postgres'])]);
  return { uid: Number(uid.stdout), gid: Number(gid.stdout) };
};

/** PostgreSQL does not run as root, so root lends it the account `postgres`, made when it is missing. */
export async function serverAccount(): Promise<Account> {
  if (process.getuid?.() !== 0) return {};
  return findAccount().catch(async () => {
    // Two test runs may race to create it: the loser finds it at the second check.
    await run('groupadd', ['--force', 'postgres']).catch(() => undefined);
    await run('useradd', ['-g', 'postgres', 'postgres']).catch(() => undefined);
    return findAccount();
  });
}
