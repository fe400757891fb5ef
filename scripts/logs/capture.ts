import type { ChildProcess } from 'node:child_process';
import { hasSubscribers, subscribe } from 'node:diagnostics_channel';
import { appendFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import path from 'node:path';
import type { Readable } from 'node:stream';
import { expect, inject } from 'vitest';
import type { Captured } from './search.ts';
import { secretsOfHeaders } from './secrets.ts';

/*
 * Runs in every test process and writes down each line that a service logs, for `search-at-end.ts`. It listens where
 * Node and pino report by themselves, so the services know nothing of it: pino of every line it makes, in this process;
 * Node of every process that is started, whose output is copied as it is read; and of every request that a server of
 * this process gets, since whatever a caller shows as proof of itself must not be found in any line.
 *
 * Vitest runs it again before each test file, and test files share a process: it listens once.
 */

const file = path.join(inject('logFolder'), `${process.pid}.jsonl`);
const write = (captured: Captured) => appendFileSync(file, `${JSON.stringify(captured)}\n`);
const test = () => path.relative(process.cwd(), expect.getState().testPath ?? '');

const PINO = 'tracing:pino_asJson:end';
/** The program of a service, by the end of its path. */
const SERVICE = /(?:^|\/)((?:bot|backend)\/main\.ts)$/;
const known = new Set<string>();

if (!hasSubscribers(PINO)) {
  // The shapes of the three messages are those that pino's source and Node's documentation give.
  subscribe(PINO, (message) => {
    const { result } = message as { readonly result?: unknown };
    if (typeof result === 'string') write({ kind: 'line', test: test(), from: 'this process', text: result.trimEnd() });
  });

  subscribe('child_process', (message) => {
    const { process: child } = message as { readonly process: ChildProcess };
    child.once('spawn', () => {
      const main = child.spawnargs.flatMap((argument) => SERVICE.exec(argument)?.[1] ?? [])[0];
      if (main === undefined) return;
      copy(child.stdout, (text) => write({ kind: 'line', test: test(), from: main, text }));
      copy(child.stderr, (text) => write({ kind: 'words', test: test(), from: main, text }));
    });
  });

  subscribe('http.server.request.start', (message) => {
    const { request } = message as { readonly request: IncomingMessage };
    for (const value of secretsOfHeaders(request.headers)) {
      if (known.has(value)) continue;
      known.add(value);
      write({ kind: 'secret', test: test(), value });
    }
  });
}

/** Takes what is read without reading: a listener of its own would start a stream that nobody has listened to yet. */
function copy(stream: Readable | null, onLine: (line: string) => void): void {
  if (stream === null) return;
  const push = stream.push.bind(stream);
  let begun = '';
  stream.push = (chunk: unknown, encoding?: BufferEncoding) => {
    const lines = (begun + (chunk === null ? '\n' : String(chunk))).split('\n');
    begun = lines.pop() ?? '';
    for (const line of lines) if (line !== '') onLine(line);
    return push(chunk, encoding);
  };
}
