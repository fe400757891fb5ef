import { writeSync } from 'node:fs';
import { registerHooks } from 'node:module';

/* Preloaded into a service: a line among its log for each module that is loaded, by `import` or `require`. */

registerHooks({
  load: (url, context, next) => {
    writeSync(1, `${JSON.stringify({ message: 'loaded', url })}\n`);
    return next(url, context);
  },
});
