interface Entry<Value> {
  readonly value: Value;
  readonly expiresAt: number;
}

/** A map that forgets: entries older than `maxAgeMs`, and beyond `maxSize` the one least recently set or read. */
export class BoundedMap<Key, Value> {
  readonly #entries = new Map<Key, Entry<Value>>();
  readonly #maxSize: number;
  readonly #maxAgeMs: number;

  constructor({ maxSize, maxAgeMs = Number.POSITIVE_INFINITY }: { maxSize: number; maxAgeMs?: number }) {
    this.#maxSize = maxSize;
    this.#maxAgeMs = maxAgeMs;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: Key): Value | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    if (entry.expiresAt <= Date.now()) return undefined;
    this.#entries.set(key, entry);
    return entry.value;
  }

  set(key: Key, value: Value): void {
    this.#entries.delete(key);
    this.#entries.set(key, { value, expiresAt: Date.now() + this.#maxAgeMs });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#maxSize) break;
      this.#entries.delete(oldest);
    }
  }

  clear(): void {
    this.#entries.clear();
  }

  delete(key: Key): void {
    this.#entries.delete(key);
  }
}
