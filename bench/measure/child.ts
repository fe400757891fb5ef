import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** A process of the bench that answers each message with one. */
export interface Child {
  readonly pid: number;
  /** The next message from it. */
  next<Message>(): Promise<Message>;
  ask<Message>(question: object): Promise<Message>;
  stop(): Promise<void>;
}

export interface ChildOptions {
  readonly args?: readonly string[];
  readonly variables?: Readonly<Record<string, string>>;
}

/** Log lines are really written, and read by nobody: a reader would take part of the processor. */
const nowhere = openSync('/dev/null', 'w');

/** @param file below bench/. */
export function startChild(file: string, { args = [], variables = {} }: ChildOptions = {}): Child {
  const child: ChildProcess = fork(fileURLToPath(new URL(`../${file}`, import.meta.url)), [...args], {
    env: { PATH: process.env.PATH, ...variables },
    stdio: ['ignore', nowhere, 'inherit', 'ipc'],
  });
  const exited = once(child, 'exit');
  const next = async <Message>() => {
    const gone = exited.then(() => {
      throw new Error(`${file} ended`);
    });
    const [message]: Message[] = (await Promise.race([once(child, 'message'), gone])) as Message[];
    // Each of our processes has one kind of answer.
    return message as Message;
  };
  return {
    pid: child.pid ?? 0,
    next,
    ask: <Message>(question: object) => {
      const answer = next<Message>();
      child.send(question);
      return answer;
    },
    stop: async () => {
      child.kill('SIGKILL');
      await exited;
    },
  };
}
