import type { Judged } from './mutant.ts';

/** Counts verdicts by operator, and prints them. */
export class Tally {
  readonly judged: Judged[] = [];

  add(one: Judged): void {
    this.judged.push(one);
  }

  count(kind: Judged['verdict']['kind']): number {
    return this.judged.filter(({ verdict }) => verdict.kind === kind).length;
  }

  get missed(): readonly Judged[] {
    return this.judged.filter(({ verdict }) => verdict.kind === 'missed');
  }

  /** One line per operator: how often each verdict. */
  byOperator(): string[] {
    const operators = new Map<string, Map<string, number>>();
    for (const { mutant, verdict } of this.judged) {
      const how = verdict.kind === 'caught' ? verdict.by : verdict.kind;
      const counts = operators.get(mutant.operator) ?? new Map<string, number>();
      counts.set(how, (counts.get(how) ?? 0) + 1);
      operators.set(mutant.operator, counts);
    }
    return [...operators].sort().map(([operator, counts]) => {
      const detail = [...counts].map(([how, count]) => `${how} ${count}`).join(', ');
      return `  ${operator.padEnd(44)} ${detail}`;
    });
  }

  equivalents(): string[] {
    return this.judged.flatMap(({ mutant, verdict }) =>
      verdict.kind === 'equivalent' ? [`  ${mutant.operator} at ${mutant.place}: ${verdict.reason}`] : [],
    );
  }

  summary(): string {
    const [count, caught, absorbed] = [this.judged.length, this.count('caught'), this.count('absorbed')];
    return `drift: ${count} mutations, ${caught} caught, ${absorbed} absorbed, ${this.count('equivalent')} equivalent, ${this.missed.length} missed`;
  }
}
