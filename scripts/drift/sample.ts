import { mulberry32 } from '../system/random.ts';
import type { Mutant } from './mutant.ts';

/**
 * A sample in which every operator has its turn: one of each, then a second of each, until there are enough. The same
 * seed gives the same sample.
 */
export function sampleOf<Kind extends Mutant>(mutants: readonly Kind[], count: number, seed: number): Kind[] {
  const byOperator = new Map<string, Kind[]>();
  for (const mutant of shuffled(mutants, seed)) {
    byOperator.set(mutant.operator, [...(byOperator.get(mutant.operator) ?? []), mutant]);
  }
  const sample: Kind[] = [];
  const lists = [...byOperator.values()];
  while (sample.length < count && lists.some((list) => list.length > 0)) {
    for (const list of lists) {
      const next = list.pop();
      if (next !== undefined && sample.length < count) sample.push(next);
    }
  }
  return sample;
}

function shuffled<Item>(items: readonly Item[], seed: number): Item[] {
  const random = mulberry32(seed);
  return items
    .map((item) => ({ item, order: random() }))
    .sort((a, b) => a.order - b.order)
    .map(({ item }) => item);
}
