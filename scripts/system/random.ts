/** Mulberry32: a small seeded generator of numbers from 0 to below 1, so that a failed run can be repeated. */
export function mulberry32(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

export const shuffled = <Item>(items: readonly Item[], random: () => number): Item[] =>
  items
    .map((item) => ({ item, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);

/**
 * A sample in which every operator has its turn: one of each, then a second of each, until there are enough. The same
 * seed gives the same sample.
 */
export function sampleOf<Kind extends { readonly operator: string }>(
  mutants: readonly Kind[],
  count: number,
  seed: number,
): Kind[] {
  const lists = [...Map.groupBy(shuffled(mutants, mulberry32(seed)), ({ operator }) => operator).values()];
  const sample: Kind[] = [];
  while (sample.length < count && lists.some((list) => list.length > 0)) {
    for (const list of lists) {
      const next = list.pop();
      if (next !== undefined && sample.length < count) sample.push(next);
    }
  }
  return sample;
}
