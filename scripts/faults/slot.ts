import { type LogLine, type ServiceProcess, startService } from '../system/service-process.ts';

/** A place in which one service runs, is killed and is started again. */
export interface Slot {
  readonly name: string;
  readonly running: boolean;
  /** Resolves when the service says that it works. */
  start(overrides?: Readonly<Record<string, string>>): Promise<void>;
  /** Resolves when the process is gone. */
  kill(signal: NodeJS.Signals): Promise<void>;
  /** Stops the process where it stands, or lets it go on. */
  signal(signal: 'SIGSTOP' | 'SIGCONT'): void;
  readonly pid: number;
}

export interface SlotParts {
  readonly name: string;
  readonly main: string;
  readonly variables: Readonly<Record<string, string>>;
  /** The log line by which the service says that it works. */
  readonly startedLine: string;
  readonly onLine: (name: string, line: LogLine) => void;
}

export function createSlot({ name, main, variables, startedLine, onLine }: SlotParts): Slot {
  let service: ServiceProcess | undefined;
  return {
    name,
    get running() {
      return service !== undefined;
    },
    get pid() {
      return service?.pid ?? 0;
    },
    start: async (overrides) => {
      const started = startService(name, main, { ...variables, ...overrides }, onLine);
      service = started;
      void started.exited.then(() => {
        if (service === started) service = undefined;
      });
      await started.line(startedLine);
    },
    kill: async (signal) => {
      await service?.kill(signal);
    },
    signal: (signal) => {
      if (service) process.kill(service.pid, signal);
    },
  };
}
