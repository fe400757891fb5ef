import { documentIn } from './conformance/document.ts';
import { placeInText } from './statuses/place-in-text.ts';
import { statusFaults } from './statuses.ts';
import { readOptions } from './system/options.ts';
import { documentTexts, ROOT } from './system/repository.ts';

/* Every status that the runtime answers is documented where it can be answered, and only there. */

const options = readOptions({ root: { type: 'string', default: ROOT } });

for (const [api, text] of documentTexts(options.root)) {
  for (const { pointer, message, cure } of statusFaults(documentIn(text, `openapi/${api}.yaml`))) {
    const { line, pasted } = placeInText(text, pointer);
    console.error(`openapi/${api}.yaml:${line}: ${message} (${pointer})`);
    if ('advice' in cure) console.error(`→ ${cure.advice}`);
    else {
      const { how, text: yaml } = pasted(cure.paste);
      console.error(`→ paste ${how}:\n${yaml}`);
    }
    process.exitCode = 1;
  }
}
if (process.exitCode) console.error('Then: make generate');
