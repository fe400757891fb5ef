export type Order = 'fifo' | 'reverse' | 'shuffle';

const shuffled = <T>(entries: T[]): T[] =>
  entries
    .map((entry) => ({ entry, rank: Math.random() }))
    .sort((a, b) => a.rank - b.rank)
    .map(({ entry }) => entry);

/** The entries in the asked order; they come in the order they were made. */
export function ordered<T>(entries: T[], order: Order): T[] {
  if (order === 'fifo') return entries;
  return order === 'reverse' ? [...entries].reverse() : shuffled(entries);
}
