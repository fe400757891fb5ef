/** Keys remembered at most: about a megabyte. When there are more, the oldest window is forgotten. */
const MAX_KEYS = 10_000;

/**
 * A fixed window per key, in the memory of this replica.
 * @returns counts a use; false when the window's uses are spent.
 */
export function createRateLimit(
  { limit, windowMs }: { readonly limit: number; readonly windowMs: number },
  now: () => Date,
  maxKeys = MAX_KEYS,
) {
  const windows = new Map<string, { endsAt: number; uses: number }>();
  return (key: string): boolean => {
    const nowMs = now().getTime();
    const window = windows.get(key);
    if (window !== undefined && nowMs < window.endsAt) {
      window.uses += 1;
      return window.uses <= limit;
    }
    // Deleted first, so that a new window stands last and the map stays in the order of their ends.
    windows.delete(key);
    windows.set(key, { endsAt: nowMs + windowMs, uses: 1 });
    const oldest = windows.keys().next();
    if (windows.size > maxKeys && !oldest.done) windows.delete(oldest.value);
    return true;
  };
}
