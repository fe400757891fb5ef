import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const ROOT = join(import.meta.dirname, '..', '..', '..');
/** A git hook points every git below it at its own repository. */
const environment = Object.fromEntries(Object.entries(process.env).filter(([name]) => !name.startsWith('GIT_')));
const AUTHOR = ['-c', 'user.name=Test', '-c', 'user.email=test@example.com', '-c', 'commit.gpgsign=false'];

/** A git repository of its own with these files of `openapi/` in one commit. */
export function createRepository(files: Readonly<Record<string, string>>) {
  const folder = mkdtempSync(join(tmpdir(), 'moddy-released-'));
  const git = (...args: string[]) => execFileSync('git', [...AUTHOR, ...args], { cwd: folder, env: environment });
  mkdirSync(join(folder, 'openapi', 'released'), { recursive: true });
  for (const [file, text] of Object.entries(files)) writeFileSync(join(folder, 'openapi', file), text);
  git('init', '--quiet');
  const commit = () => {
    git('add', '--all');
    git('commit', '--quiet', '--allow-empty', '--message', 'Change the documents');
  };
  commit();
  return {
    folder,
    git,
    commit,
    at: (...path: string[]) => join(folder, 'openapi', ...path),
    /** Replaces a text in files of `openapi/`; each must hold it. */
    replace: (from: string, to: string, ...files: string[]) => {
      for (const file of files) {
        const text = readFileSync(join(folder, 'openapi', file), 'utf8');
        if (!text.includes(from)) throw new Error(`${file} does not hold ${from}`);
        writeFileSync(
          join(folder, 'openapi', file),
          text.replaceAll(from, () => to),
        );
      }
    },
    /** The exit code and the output of `make breaking`. */
    check: (root = folder) => {
      const script = join(ROOT, 'scripts', 'breaking.ts');
      const { status, stdout, stderr } = spawnSync(process.execPath, [script, '--root', root], {
        env: environment,
        encoding: 'utf8',
      });
      return { status, output: stdout + stderr };
    },
    remove: () => rmSync(folder, { recursive: true, force: true }),
  };
}
