import { type LogLine, type ServiceProcess, startService } from './service-process.ts';

export type Slot = ReturnType<typeof createSlot>;

type Variables = Readonly<Record<string, string>>;

/** The log line by which a service says that it works. */
const UP_LINE = { bot: 'connected to the gateway', backend: 'ready' } as const;

/** A place in which one service runs, is killed and is started again. */
export function createSlot(
  service: 'bot' | 'backend',
  variables: Variables,
  onLine: (name: string, line: LogLine) => void,
  name: string = service,
) {
  let current: ServiceProcess | undefined;
  /** Starts the process and waits for nothing. */
  const launch = (overrides?: Variables): ServiceProcess => {
    const launched = startService(name, `${service}/main.ts`, { ...variables, ...overrides }, onLine);
    current = launched;
    void launched.exited.then(() => {
      if (current === launched) current = undefined;
    });
    return launched;
  };
  return {
    name,
    variables,
    launch,
    get running() {
      return current !== undefined;
    },
    get pid() {
      return current?.pid ?? 0;
    },
    /** Resolves when the service says that it works. */
    start: async (overrides?: Variables) => {
      await launch(overrides).line(UP_LINE[service]);
    },
    /** Resolves with the next line of its log that has this message; rejects when the process ends before. */
    line: async (message: string) => {
      if (current === undefined) throw new Error(`${name} does not run`);
      return current.line(message);
    },
    /** Resolves with the exit code when the process is gone; null when a signal ended it, or none was there. */
    kill: async (signal: NodeJS.Signals) => (await current?.kill(signal)) ?? null,
    /** Stops the process where it stands, or lets it go on. */
    signal: (signal: 'SIGSTOP' | 'SIGCONT') => {
      if (current) process.kill(current.pid, signal);
    },
  };
}
