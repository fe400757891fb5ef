import type { Logger } from '@moddy/runtime/log';
import { throttleLog } from '../throttle-log.ts';

const WITHIN_THE_CLIENT = /node_modules\/(?:@discordjs\/ws|ws\/lib)\//;

/**
 * Two kinds of errors come out of discord.js where nobody can catch them: a malformed message makes it throw, and a
 * connection that it gives up while it is being made fails without a listener. These, and no others, are logged and
 * survived: every other uncaught error still ends the process.
 * @returns a function that removes the guard.
 */
export function surviveClientFaults(log: Logger): () => void {
  const mayLog = throttleLog();
  const onUncaught = (error: unknown) => {
    if (comesFromTheClient(error)) {
      if (mayLog('fault')) log.error('the gateway client failed and goes on', { error });
      return;
    }
    log.error('uncaught', { error });
    process.off('uncaughtException', onUncaught);
    // Thrown from here, Node prints it and exits as it would have without us.
    throw error;
  };
  process.on('uncaughtException', onUncaught);
  return () => process.off('uncaughtException', onUncaught);
}

function comesFromTheClient(error: unknown): boolean {
  if (!(error instanceof Error)) return false;
  const origin = error.stack?.split('\n').find((row) => row.startsWith('    at '));
  if (origin !== undefined && WITHIN_THE_CLIENT.test(origin)) return true;
  // An abandoned WebSocket's: every other socket of this process has a listener of its own.
  return 'syscall' in error && (error.syscall === 'connect' || error.syscall === 'getaddrinfo');
}
