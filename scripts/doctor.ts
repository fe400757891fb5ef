import { spawnSync } from 'node:child_process';
import { join } from 'node:path';

/* Both doctors with one environment; in a deployment each service runs its own. Exit 1 if anything is wrong. */

const run = (program: string) =>
  spawnSync(process.execPath, [join(import.meta.dirname, 'run.ts'), program], { stdio: 'inherit' }).status ?? 1;

console.log('Backend');
const backend = run('backend/operator/commands/doctor.ts');
console.log('\nBot');
process.exitCode = run('bot/doctor.ts') || backend;
