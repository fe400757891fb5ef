import { styleText } from 'node:util';

export interface Verdict {
  /** Rows of the report, `name: value`. */
  readonly notes: readonly string[];
  readonly faults: readonly string[];
  /** The services' logs: after a fault, their last warnings and errors are printed. */
  readonly logs: readonly string[];
}

const SHOWN_LINES = 15;

export const reasonOf = (error: unknown): string => (error instanceof Error ? error.message : 'unknown fault');

/** The proofs whose name holds the word of the command line. Without any the program ends, and lists the names. */
export function chosenOf<Proof extends { readonly name: string }>(proofs: readonly Proof[]): readonly Proof[] {
  const word = process.argv[2] ?? '';
  const chosen = proofs.filter(({ name }) => name.includes(word));
  if (chosen.length > 0) return chosen;
  console.error(`No name holds "${word}". There are:\n${proofs.map(({ name }) => `  ${name}`).join('\n')}`);
  return process.exit(2);
}

/**
 * Runs the chosen proofs one after the other, prints a verdict on each, and sets the exit code.
 * @param summarize prints what comes before the last line
 * @returns whether all passed
 */
export async function runProofs<Proof extends { readonly name: string }>(
  command: string,
  proofs: readonly Proof[],
  judge: (proof: Proof) => Promise<Verdict>,
  summarize: () => void = () => {},
): Promise<boolean> {
  const chosen = chosenOf(proofs);
  let failed = 0;
  for (const proof of chosen) {
    console.log(`\n${styleText('bold', proof.name)}`);
    const startedAt = performance.now();
    const { notes, faults, logs } = await judge(proof);
    for (const note of notes) console.log(`  ${note}`);
    if (faults.length === 0) {
      console.log(styleText('green', `  ✓ ${Math.round((performance.now() - startedAt) / 1000)} s`));
      continue;
    }
    failed += 1;
    console.log(styleText('red', `  ✗ ${faults.join('\n    ')}`));
    const complaints = logs.filter((line) => /"level":"(?:warn|error)"/.test(line));
    console.log(complaints.slice(-SHOWN_LINES).join('\n'));
  }
  summarize();
  console.log(`\n${command}: ${chosen.length - failed} passed, ${failed} failed`);
  process.exitCode = failed === 0 ? 0 : 1;
  return failed === 0;
}
