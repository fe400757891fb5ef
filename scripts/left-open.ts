import { setImmediate } from 'node:timers/promises';
import { beforeAll } from 'vitest';

/*
 * Runs before each test file, and last after it. A server that a file leaves behind is a system whose loops, timers and
 * connections go on beside the tests of the next.
 */

/** libuv closes a handle some turns of the event loop after Node has reported it closed. */
const TURNS = 20;
const listening = () => process.getActiveResourcesInfo().filter((kind) => kind === 'TCPServerWrap').length;
beforeAll(() => {
  const before = listening();
  return async () => {
    for (let turn = 0; turn < TURNS && listening() > before; turn += 1) await setImmediate();
    const left = listening() - before;
    if (left > 0) throw new Error(`${left} servers still listen after the tests of this file`);
  };
});
