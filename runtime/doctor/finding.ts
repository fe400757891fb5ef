import { ConfigError } from '../config.ts';

/** The doctor's verdict on one part of a deployment. */
export type Finding =
  | { readonly name: string; readonly isWell: true; readonly detail: string }
  | { readonly name: string; readonly isWell: false; readonly detail: string; readonly cure: string };

export const well = (name: string, detail: string): Finding => ({ name, isWell: true, detail });

/** @param cure what to do, in the imperative. */
export const wrong = (name: string, detail: string, cure: string): Finding => ({ name, isWell: false, detail, cure });

/** A group of checks. One that fails unexpectedly is a finding too, and stops none of the others. */
export type Examination = () => Promise<readonly Finding[]>;

/**
 * Examines a service by its configuration; where that has faults, they are the findings.
 * @returns the exit code: 1 if anything is wrong.
 */
export async function examineService<Config>(
  readConfig: () => Config,
  examinationsOf: (config: Config) => readonly Examination[],
  print: (line: string) => void,
): Promise<0 | 1> {
  const cure = 'set it as .env.example says, then run the doctor again: it checks the rest';
  try {
    return await examine(examinationsOf(readConfig()), print);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const { faults } = error;
    return examine([async () => faults.map((fault) => wrong('variables', fault, cure))], print);
  }
}

/** Runs everything and prints a line for each finding. @returns the exit code: 1 if anything is wrong. */
async function examine(examinations: readonly Examination[], print: (line: string) => void): Promise<0 | 1> {
  const groups = await Promise.all(
    examinations.map((examination) =>
      examination().catch((error: unknown) => [
        wrong(
          'doctor',
          `a check failed: ${error instanceof Error ? error.name : 'unknown'}`,
          'report this as a fault of the doctor',
        ),
      ]),
    ),
  );
  const findings = groups.flat();
  // Findings with one cure stand together, and the cure below the last of them.
  for (const group of Map.groupBy(findings, (finding) => (finding.isWell ? finding : finding.cure)).values()) {
    for (const { isWell, name, detail } of group) print(`${isWell ? 'ok   ' : 'WRONG'}  ${name.padEnd(21)}  ${detail}`);
    for (const finding of group.slice(-1)) if (!finding.isWell) print(`${' '.repeat(30)}→ ${finding.cure}`);
  }
  const count = findings.filter(({ isWell }) => !isWell).length;
  print(count === 0 ? 'Everything is well.' : `${count} ${count === 1 ? 'thing is' : 'things are'} wrong.`);
  return count === 0 ? 0 : 1;
}
