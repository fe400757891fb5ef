import { fork } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';

export type Child = ReturnType<typeof startChild>;

/**
 * A process of the bench that answers each message with one. Its log lines are really written, and read by nobody: a
 * reader would take part of the processor.
 * @param file in bench/
 */
export function startChild(file: string, args: readonly string[] = []) {
  const child = fork(join(import.meta.dirname, file), args, { stdio: ['ignore', 'ignore', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  const next = async <Message>() => {
    const gone = exited.then(() => {
      throw new Error(`${file} ended`);
    });
    const [message] = (await Promise.race([once(child, 'message'), gone])) as unknown[];
    // Each of our processes has one kind of answer.
    return message as Message;
  };
  return {
    /** The next message from it. */
    next,
    ask: <Message>(question: object) => {
      const answer = next<Message>();
      child.send(question);
      return answer;
    },
    stop: () => {
      child.kill('SIGKILL');
      return exited;
    },
  };
}
