interface Line {
  readonly message: string;
  readonly level: string;
  readonly [field: string]: unknown;
}

/** The logged lines, to be read and waited for. */
export class Journal {
  readonly lines: Line[] = [];
  readonly #waiting = new Set<() => void>();

  write(text: string): void {
    this.lines.push(JSON.parse(text));
    for (const check of this.#waiting) check();
  }

  get text(): string {
    return this.lines.map((line) => JSON.stringify(line)).join('\n');
  }

  /** The `count`th line with a message that starts so, now or later. */
  line(start: string, count = 1): Promise<Line> {
    return new Promise((resolve) => {
      const check = () => {
        const found = this.lines.filter(({ message }) => message.startsWith(start))[count - 1];
        if (found === undefined) return;
        this.#waiting.delete(check);
        resolve(found);
      };
      this.#waiting.add(check);
      check();
    });
  }
}
