/** Objects of one kind, in the order they were made. */
export class Collection<T extends { id: string }> {
  readonly noun: string;
  readonly #byId = new Map<string, T>();

  constructor(noun: string) {
    this.noun = noun;
  }

  get size(): number {
    return this.#byId.size;
  }

  add(object: T): T {
    this.#byId.set(object.id, object);
    return object;
  }

  get(id: string): T | undefined {
    return this.#byId.get(id);
  }

  remove(id: string): void {
    this.#byId.delete(id);
  }

  values(): T[] {
    return [...this.#byId.values()];
  }

  /** Newest first, as Stripe lists. */
  newest(): T[] {
    return this.values().reverse();
  }

  filter(keep: (object: T) => boolean): T[] {
    return this.newest().filter(keep);
  }
}
