import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from '../system/repository.ts';
import { run } from '../system/run-program.ts';

/** tsc reports errors of syntax alone, and checks no type then. */
const SYNTAX = /^error TS1\d{3}:/;

/**
 * The first type error of each owner. One run for many owners reads the packages that they share only once.
 *
 * @param owned the files to check, by whom an error in them or in what they import is blamed on: a folder or a file.
 */
export async function typeErrors(
  folder: string,
  owned: ReadonlyMap<string, readonly string[]>,
): Promise<Map<string, string>> {
  const blamed = new Map<string, string>();
  for (let left = [...owned.keys()]; left.length > 0; ) {
    const errors = await check(
      folder,
      left.flatMap((owner) => owned.get(owner) ?? []),
    );
    const wrong = new Map<string, string>();
    for (const { file, detail } of errors) {
      const owner = left.find((one) => file === one || file.startsWith(`${one}/`));
      if (owner === undefined) throw new Error(`tsc: ${file}: ${detail}`);
      if (!wrong.has(owner)) wrong.set(owner, detail);
    }
    for (const [owner, detail] of wrong) blamed.set(owner, detail);
    if (!errors.some(({ detail }) => SYNTAX.test(detail))) break;
    left = left.filter((owner) => !wrong.has(owner));
  }
  return blamed;
}

async function check(folder: string, files: readonly string[]): Promise<{ file: string; detail: string }[]> {
  const project = join(folder, `tsconfig.${process.hrtime.bigint()}.json`);
  const compilerOptions = { typeRoots: [join(ROOT, 'node_modules', '@types')] };
  writeFileSync(project, JSON.stringify({ extends: join(ROOT, 'tsconfig.base.json'), compilerOptions, files }));
  const { code, output } = await run(['tsc', '-p', project, '--pretty', 'false'], folder);
  const errors = output.split('\n').flatMap((line) => {
    const [, file, detail] = /^(\S[^(]*)\(\d+,\d+\): (error .*)$/.exec(line) ?? [];
    return file === undefined || detail === undefined ? [] : [{ file: join(folder, file), detail }];
  });
  if (code !== 0 && errors.length === 0) throw new Error(`tsc: ${output}`);
  return errors;
}
