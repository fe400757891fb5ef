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

export interface SlotDeps {
  readonly name: string;
  readonly main: string;
  readonly variables: Readonly<Record<string, string>>;
  /** The log line by which the service says that it works. */
  readonly startedLine: string;
  readonly onLine: (name: string, line: LogLine) => void;
}

export function createSlot({ name, main, variables, startedLine, onLine }: SlotDeps): Slot {
  let service: ServiceProcess | undefined;
  const launch: Slot['launch'] = (overrides) => {
    const launched = startService(name, main, { ...variables, ...overrides }, onLine);
    service = launched;
    void launched.exited.then(() => {
      if (service === launched) service = undefined;
    });
    return launched;
  };
  return {
    name,
    variables,
    launch,
    get running() {
      return service !== undefined;
    },
    get pid() {
      return service?.pid ?? 0;
    },
    start: async (overrides) => {
      await launch(overrides).line(startedLine);
    },
    line: async (message) => {
      if (service === undefined) throw new Error(`${name} does not run`);
      return service.line(message);
    },
    kill: async (signal) => (await service?.kill(signal)) ?? null,
    signal: (signal) => {
      if (service) process.kill(service.pid, signal);
    },
  };
}
