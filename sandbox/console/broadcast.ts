/** At most so often is anything read and sent. */
const EVERY_MS = 100;
/** For what nobody announces: attempts of deliveries and their verdicts. Only while somebody looks. */
const POLL_MS = 500;

export interface Broadcast {
  /** Something may have changed. */
  touch(): void;
  /** Calls back with the present text and with every other one after it; answers what stops that. */
  subscribe(listener: (text: string) => void): () => void;
  close(): void;
}

/** Reads on every touch, and tells everybody when what was read is not what it was. */
export function createBroadcast(read: () => Promise<object>): Broadcast {
  const listeners = new Set<(text: string) => void>();
  let latest: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let polling: NodeJS.Timeout | undefined;
  let isReading = false;
  let isTouched = false;

  const touch = () => {
    isTouched = true;
    if (listeners.size === 0 || isReading) return;
    timer ??= setTimeout(() => void poll(), EVERY_MS);
  };
  const poll = async () => {
    timer = undefined;
    isReading = true;
    isTouched = false;
    const text = JSON.stringify(await read());
    isReading = false;
    if (text !== latest) {
      latest = text;
      for (const listener of [...listeners]) listener(text);
    }
    if (isTouched) touch();
  };
  return {
    touch,
    subscribe: (listener) => {
      listeners.add(listener);
      if (latest !== undefined) listener(latest);
      polling ??= setInterval(touch, POLL_MS);
      touch();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(polling);
        polling = undefined;
        // What is older than the last look is not shown to whoever comes next.
        latest = undefined;
      };
    },
    close: () => {
      listeners.clear();
      clearInterval(polling);
      clearTimeout(timer);
    },
  };
}
