const FAILURES_KEPT = 5;

export type Tally = ReturnType<typeof createTally>;

/** Counts requests and failures, by the kind of caller. */
export function createTally() {
  const kinds = new Map<string, { asked: number; failures: string[]; failed: number }>();
  return {
    /** Runs one request; a rejection is a failure. */
    count: async (kind: string, request: () => Promise<unknown>) => {
      const row = kinds.get(kind) ?? { asked: 0, failures: [], failed: 0 };
      kinds.set(kind, row);
      row.asked += 1;
      try {
        await request();
      } catch (error) {
        row.failed += 1;
        if (row.failures.length < FAILURES_KEPT) row.failures.push(`${kind}: ${reason(error)}`);
      }
    },
    rows: () => [...kinds].map(([kind, { asked, failed }]) => ({ kind, asked, failed })),
    /** The first failures of each kind, in words. */
    failures: () => [...kinds.values()].flatMap(({ failures }) => failures),
  };
}

function reason(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const cause = error.cause instanceof Error ? ` (${error.cause.message})` : '';
  return `${new Date().toISOString().slice(14, 23)} ${error.message}${cause}`;
}
