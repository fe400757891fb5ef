/** Lets each message through once per interval, so that an outage is one log line a minute and not one per attempt. */
export function throttleLog(intervalMs = 60_000): (message: string) => boolean {
  const lastAt = new Map<string, number>();
  return (message) => {
    if (Date.now() - (lastAt.get(message) ?? Number.NEGATIVE_INFINITY) < intervalMs) return false;
    lastAt.set(message, Date.now());
    return true;
  };
}
