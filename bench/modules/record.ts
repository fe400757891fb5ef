import { appendFileSync } from 'node:fs';
import { registerHooks } from 'node:module';

/* Preloaded into a service: writes each module that is loaded, by `import` or `require`, into the file of LOADED_MODULES. */

const file = process.env.LOADED_MODULES ?? '';

registerHooks({
  load: (url, context, next) => {
    appendFileSync(file, `${url}\n`);
    return next(url, context);
  },
});
