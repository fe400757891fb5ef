import { copyFileSync, writeFileSync } from 'node:fs';
import { stringify } from 'yaml';
import { versionOf } from '../breaking/released.ts';
import { createRepository } from '../breaking/testing/repository.ts';
import { documentOf } from '../system/repository.ts';
import type { DocumentMutant } from './documents/mutants.ts';
import { OPENED } from './documents/operators.ts';
import { caught, type Judged } from './mutant.ts';

export interface ReleasedMutant extends DocumentMutant {
  /** Whether the released file is edited along with the document. */
  readonly along: 'no' | 'uncommitted' | 'committed';
}

/** Changes that only the released versions show: operations that are opened, and releases that are edited along. */
export function releasedMutants(mutants: readonly DocumentMutant[]): ReleasedMutant[] {
  const opened = mutants.filter(({ operator }) => operator === OPENED);
  const along = (how: 'uncommitted' | 'committed') =>
    mutants.map((one) => ({ ...one, operator: `a released file edited along, ${how}`, along: how }));
  return [
    ...opened.map((one) => ({ ...one, operator: 'security of one operation opened', along: 'no' as const })),
    ...along('uncommitted'),
    ...along('committed'),
  ];
}

/** Each in a git repository of its own in which the documents are released as they are now. */
export function judgeReleased(mutants: readonly ReleasedMutant[], onJudged: (judged: Judged) => void): void {
  for (const mutant of mutants) {
    const document = `${mutant.api}.yaml`;
    const now = documentOf(mutant.api);
    const released = `released/${mutant.api}@${versionOf(now)}.yaml`;
    const repository = createRepository({ [document]: stringify(now), [released]: stringify(now) });
    try {
      writeFileSync(repository.at(document), stringify(mutant.document));
      if (mutant.along !== 'no') copyFileSync(repository.at(document), repository.at(released));
      if (mutant.along === 'committed') repository.commit();
      const { status, output } = repository.check();
      const verdict =
        status === 1 && output.includes('→')
          ? caught('breaking', output)
          : { kind: 'missed' as const, detail: `make breaking exits with ${status}: ${output}` };
      onJudged({ mutant, verdict });
    } finally {
      repository.remove();
    }
  }
}
