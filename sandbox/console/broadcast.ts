/** The state is read and sent at most this often. */
const EVERY_MS = 100;
/** For changes that send no notification: attempts of deliveries and their verdicts. Only while a page is open. */
const POLL_MS = 500;

export type Broadcast = ReturnType<typeof createBroadcast>;

/** Reads after every touch, and sends the text to every listener when it has changed. */
export function createBroadcast(read: () => Promise<object>) {
  const listeners = new Set<(text: string) => void>();
  let latest: string | undefined;
  let timer: NodeJS.Timeout | undefined;
  let polling: NodeJS.Timeout | undefined;
  let isReading = false;
  let isTouched = false;

  /** Something may have changed. */
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
    /** Calls the listener with the current text and with each new one; answers what stops that. */
    subscribe: (listener: (text: string) => void) => {
      listeners.add(listener);
      if (latest !== undefined) listener(latest);
      polling ??= setInterval(touch, POLL_MS);
      touch();
      return () => {
        listeners.delete(listener);
        if (listeners.size > 0) return;
        clearInterval(polling);
        polling = undefined;
        // The next listener must not get a text that may be stale.
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
