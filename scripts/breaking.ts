import { copyFileSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { breakingChanges } from './breaking/compare-documents.ts';
import { historyFaults } from './breaking/history.ts';
import { byVersion, isVersion, majorOf, misnamedIn, read, releasesIn, versionOf } from './breaking/released.ts';
import { digestOf } from './compiler/walk.ts';
import { readOptions } from './system/options.ts';

/*
 * `make breaking`: does a document break peers of a released one of the same major version, and is every released file
 * as it was when it was released? `make release-contract` (--release): records each document under its version.
 */

const options = readOptions({
  release: { type: 'boolean', default: false },
  root: { type: 'string', default: join(import.meta.dirname, '..') },
});
const folder = join(options.root, 'openapi');
const released = join(folder, 'released');
const fail = (message: string) => {
  console.error(message);
  process.exitCode = 1;
};

for (const fault of historyFaults(options.root)) fail(fault);
for (const name of misnamedIn(released))
  fail(`openapi/released/${name}: released documents are called <api>@<version>.yaml\n→ rename or remove it`);
const files = readdirSync(folder).filter((name) => name.endsWith('.yaml'));
for (const api of new Set(releasesIn(released).map((one) => one.api))) {
  if (!files.includes(`${api}.yaml`))
    fail(
      `openapi/${api}.yaml was removed, and its released versions have callers\n→ git checkout HEAD -- openapi/${api}.yaml`,
    );
}
for (const file of files) {
  const api = file.replace(/\.yaml$/, '');
  const document = read(join(folder, file));
  const version = versionOf(document);
  const earlier = releasesIn(released)
    .filter((one) => one.api === api)
    .sort(byVersion);
  const kept = earlier.filter((one) => majorOf(one.version) === majorOf(version));
  const broken = kept.flatMap((one) =>
    breakingChanges(one.document, document).map((change) => ({ ...change, since: one.version })),
  );
  for (const { operation, message, since } of broken)
    console.error(`${file} breaks ${since}: ${operation}: ${message}`);
  const next = `${majorOf(version) + 1}.0.0`;
  const same = earlier.find((one) => one.version === version);
  const reused = same !== undefined && digestOf(same.document) !== digestOf(document);
  const newest = kept.at(-1)?.version;
  if (!isVersion(version)) fail(`${file}: info.version ${version} is no version\n→ write it as 1.0.0`);
  else if (newest !== undefined && byVersion({ version }, { version: newest }) < 0)
    fail(`${file}: ${version} is older than ${newest}, which is released\n→ raise info.version`);
  else if (broken.length > 0)
    fail(`→ undo it, add something optional instead, or set info.version of ${file} to ${next}`);
  else if (options.release) release(api, version, reused);
  else {
    console.log(
      `${file} ${version}: breaks none of ${kept.length} released documents of major version ${majorOf(version)}`,
    );
    if (reused)
      console.log(
        `  ${version} is released already with other content: raise info.version before make release-contract`,
      );
  }
}

function release(api: string, version: string, reused: boolean): void {
  const source = join(folder, `${api}.yaml`);
  const target = join(released, `${api}@${version}.yaml`);
  if (reused) {
    fail(
      `${api} ${version} is released already with other content\n→ raise info.version, make generate, make release-contract`,
    );
    return;
  }
  if (existsSync(target)) {
    console.log(`${api} ${version} is released already`);
    return;
  }
  mkdirSync(released, { recursive: true });
  copyFileSync(source, target);
  console.log(`released ${api} ${version}`);
}
