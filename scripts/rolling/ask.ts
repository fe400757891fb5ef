import { type Agent, request } from 'node:http';

export interface Question {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/**
 * One request over the agent's kept connections, the whole answer read. Nothing is repeated.
 * @throws whatever breaks, and for a status that is none of the expected ones.
 */
export function ask(agent: Agent, url: string, { method = 'GET', headers = {}, body }: Question, expected: number[]) {
  return new Promise<void>((resolve, reject) => {
    const length = body === undefined ? {} : { 'content-length': String(Buffer.byteLength(body)) };
    const sent = request(url, { agent, method, headers: { ...headers, ...length } }, (response) => {
      response.once('error', reject);
      response.once('end', () => {
        const { statusCode = 0 } = response;
        if (expected.includes(statusCode)) resolve();
        else reject(new Error(`${method} ${url} was answered ${statusCode}`));
      });
      response.resume();
    });
    sent.once('error', (cause) => {
      reject(new Error(`${method} ${url} broke${sent.reusedSocket ? ' on a kept connection' : ''}`, { cause }));
    });
    sent.end(body);
  });
}
