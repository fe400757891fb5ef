import type { Socket } from 'node:net';

/**
 * Resets a connection, or closes it when it is ending already. Node 24 cannot reset a socket whose shutdown is pending: the
 * call fails with EINVAL, the handle is never closed, and the process, when it has nothing left to do, spins for ever
 * instead of ending. A paused socket reads no error that could destroy it while its own shutdown is pending.
 */
export function resetSocket(socket: Socket): void {
  if (socket.writableEnded || socket.destroyed) {
    socket.destroy();
    return;
  }
  socket.pause();
  socket.resetAndDestroy();
}
