import { documentIn } from './conformance/document.ts';
import { emittedDifferences, emittedDocument } from './emitted/compare.ts';
import { documentTexts } from './system/repository.ts';

/* The document that the generated routes emit says what the hand-written one says. */

for (const [api, text] of documentTexts()) {
  const module = await import(`../generated/${api}/routes.ts`);
  for (const difference of emittedDifferences(documentIn(text, `openapi/${api}.yaml`), emittedDocument(module))) {
    console.error(`openapi/${api}.yaml ${difference}`);
    process.exitCode = 1;
  }
}
if (process.exitCode)
  console.error('The generated routes say something else than the documents. Fix it with: make generate');
