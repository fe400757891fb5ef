import { Agent, request as httpRequest } from 'node:http';
import type { Request } from './request.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  readonly body: string;
}

const TIMEOUT_MS = 30_000;

/** Real HTTP with nothing between: no redirects, no headers of its own, and methods and paths as they are. */
export function createSender(port: number) {
  const agent = new Agent({ keepAlive: true, maxSockets: 32 });
  const send = ({ method, path, headers, body, chunked }: Request): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const bytes = body === undefined ? undefined : Buffer.from(body);
      const length: Record<string, string> =
        bytes === undefined
          ? {}
          : chunked
            ? { 'transfer-encoding': 'chunked' }
            : { 'content-length': String(bytes.length) };
      const options = {
        agent,
        host: '127.0.0.1',
        port,
        method,
        path,
        headers: { ...headers, ...length },
        timeout: TIMEOUT_MS,
      };
      let answered = false;
      const sent = httpRequest(options, (response) => {
        answered = true;
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (piece: string) => {
          text += piece;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, headers: response.headers, body: text }));
        response.on('error', reject);
      });
      sent.on('timeout', () => sent.destroy(new Error(`no answer within ${TIMEOUT_MS} ms`)));
      // A server may answer before it has read everything.
      sent.on('error', (error) => !answered && reject(error));
      if (bytes !== undefined && chunked) {
        sent.write(bytes.subarray(0, bytes.length >> 1));
        sent.end(bytes.subarray(bytes.length >> 1));
      } else sent.end(bytes);
    });
  return { send, close: () => agent.destroy() };
}
