import { crossings } from './boundaries/crossings.ts';
import { readOptions } from './system/options.ts';
import { ROOT } from './system/repository.ts';

/* Each workspace imports what it may and declares it; paths of the contract stand in the documents only. */

const options = readOptions({ root: { type: 'string', default: ROOT } });

const found = crossings(options.root);
for (const { place, message } of found) console.error(`${place}: ${message}`);
if (found.length > 0) {
  console.error('Fix each at its line, then: make check');
  process.exitCode = 1;
}
