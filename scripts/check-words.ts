import { execFileSync } from 'node:child_process';
import { ROOT, textOf } from './system/repository.ts';
import { findBanned } from './words/find-banned.ts';

/* Comments and documents are written in plain English, without the words of words/banned.ts. */

/** Written by others: the compiler, a release, the texts of the bot; and the list itself. */
const NOT_PROSE = /^(generated|openapi\/released|scripts\/compiler\/fixtures|scripts\/words)\/|^docs\/messages\.md$/;

const paths = execFileSync('git', ['ls-files'], { cwd: ROOT, encoding: 'utf8' })
  .split('\n')
  .filter((path) => /(\.(ts|js|css|ya?ml|md)|^Makefile)$/.test(path) && !NOT_PROSE.test(path));

for (const path of paths) {
  for (const { line, word, instead } of findBanned(path, textOf(path))) {
    console.error(`${path}:${line}: "${word}"; write: ${instead}`);
    process.exitCode = 1;
  }
}
