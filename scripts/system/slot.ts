import { type LogLine, type ServiceProcess, startService } from './service-process.ts';

/** A place in which one service runs, is killed and is started again. */
export interface Slot {
  readonly name: string;
  readonly variables: Readonly<Record<string, string>>;
  readonly running: boolean;
  /** Starts the process and waits for nothing. */
  launch(overrides?: Readonly<Record<string, string>>): ServiceProcess;
  /** Resolves when the service says that it works. */
  start(overrides?: Readonly<Record<string, string>>): Promise<void>;
  /** Resolves with the next line of its log that has this message; rejects when the process ends before. */
  line(message: string): Promise<LogLine>;
  /** Resolves with the exit code when the process is gone; null when a signal ended it, or none was there. */
  kill(signal: NodeJS.Signals): Promise<number | null>;
  /** Stops the process where it stands, or lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  readonly pid: number;
}

/** The log line by which a service says that it works. */
const UP_LINE = { bot: 'connected to the gateway', backend: 'ready' } as const;

export function createSlot(
  service: 'bot' | 'backend',
  variables: Readonly<Record<string, string>>,
  onLine: (name: string, line: LogLine) => void,
  name: string = service,
): Slot {
  let current: ServiceProcess | undefined;
  const launch: Slot['launch'] = (overrides) => {
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
    start: async (overrides) => {
      await launch(overrides).line(UP_LINE[service]);
    },
    line: async (message) => {
      if (current === undefined) throw new Error(`${name} does not run`);
      return current.line(message);
    },
    kill: async (signal) => (await current?.kill(signal)) ?? null,
    signal: (signal) => {
      if (current) process.kill(current.pid, signal);
    },
  };
}
