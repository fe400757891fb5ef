import { registerHooks } from 'node:module';

/* Preloaded into a service: tells its parent each module that is loaded, by `import` or `require`. */

registerHooks({
  load: (url, context, next) => {
    process.send?.(url);
    return next(url, context);
  },
});
