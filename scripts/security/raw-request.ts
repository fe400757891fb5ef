import { once } from 'node:events';
import { connect } from 'node:net';

export interface RawAnswer {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly body: string;
}

export interface Address {
  readonly host: string;
  readonly port: number;
}

/** Sends exactly these bytes and reads until the server closes, or until its answer is whole when it keeps us waiting. */
export async function rawRequest(to: number | Address, ...pieces: readonly string[]): Promise<RawAnswer> {
  const socket = connect(typeof to === 'number' ? { port: to, host: '127.0.0.1' } : to);
  await once(socket, 'connect');
  let text = '';
  const read = new Promise<void>((resolve) => {
    socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1');
      if (isWhole(text)) resolve();
    });
    // A server that rejects a request while it is being sent resets the connection after its answer.
    socket.on('error', () => resolve());
    socket.on('close', () => resolve());
  });
  for (const piece of pieces) socket.write(piece, 'latin1');
  await read;
  socket.destroy();
  const [head = '', body = ''] = text.split('\r\n\r\n', 2);
  const [statusLine = '', ...rows] = head.split('\r\n');
  const headers = rows.map((row) => [row.slice(0, row.indexOf(':')).toLowerCase(), row.slice(row.indexOf(':') + 2)]);
  return { status: Number(statusLine.split(' ')[1]), headers: new Map(headers as [string, string][]), body };
}

function isWhole(text: string): boolean {
  const length = /\r\ncontent-length: (\d+)/i.exec(text)?.[1];
  const end = text.indexOf('\r\n\r\n');
  return end !== -1 && length !== undefined && text.length >= end + 4 + Number(length);
}

/** The head of a request: these lines and the empty one. */
export const lines = (first: string, ...rest: readonly string[]): string => `${[first, ...rest].join('\r\n')}\r\n\r\n`;
