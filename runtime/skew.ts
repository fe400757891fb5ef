import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from './log.ts';
import type { Metrics } from './metrics.ts';

/** Which version of a document a service was built from. */
export interface ContractVersion {
  readonly version: string;
  readonly digest: string;
}

/** By the document's name; a peer may leave some or all out. */
export type ContractVersions = Readonly<Record<string, ContractVersion | undefined>>;

export interface SkewCheck {
  readonly name: 'contract';
  readonly status: 'healthy' | 'unhealthy';
  readonly detail: string;
}

export interface Skew {
  /** Takes the `contract` of the peer's health. A peer that sends none counts as equal. */
  see(peer: ContractVersions | undefined): void;
  /** Counts and logs a success of the peer that its document lacks. */
  undocumented(operationId: string, status: number): void;
  /** The health check of a lasting difference; undefined without one. */
  check(): SkewCheck | undefined;
}

/** The two services deploy one after the other, so a shorter difference is normal. */
const LASTING_MS = 10 * 60_000;
/** How often a peer is checked. */
export const ASK_EVERY_MS = 60_000;

/**
 * Compares the documents that two deployed services were built from. Within a major version they understand each
 * other, as `make breaking` proves before a deployment; another major version is incompatible.
 *
 * @param own the documents that this service was built from.
 * @param now milliseconds; tests have a clock of their own.
 */
export function createSkew(
  own: readonly (ContractVersion & { readonly name: string })[],
  {
    log,
    metrics,
    now = () => Date.now(),
  }: { readonly log: Logger; readonly metrics: Metrics; readonly now?: () => number },
): Skew {
  let difference: (Difference & { readonly since: number }) | undefined;
  let logged = '';
  const lasting = () => (difference !== undefined && now() - difference.since >= LASTING_MS ? difference : undefined);
  metrics.gauge(
    'moddy_contract_skew',
    '1 while the peer has been of another contract for ten minutes, by whether the two understand each other.',
    () =>
      (['compatible', 'incompatible'] as const).map((severity) => ({
        labels: { severity },
        value: lasting()?.severity === severity ? 1 : 0,
      })),
    ['severity'],
  );
  const successes = metrics.counter(
    'moddy_undocumented_successes_total',
    'Successes of the peer that its document lacks, by operation and status.',
    [],
    ['operation', 'status'],
  );
  return {
    undocumented(operation, status) {
      successes.inc({ operation, status });
      log.error('the peer answered a success that its document lacks', { operationId: operation, status });
    },
    see(peer) {
      const found = differenceOf(own, peer);
      difference = found && { ...found, since: difference?.since ?? now() };
      const text = lasting()?.text ?? '';
      if (difference === undefined && logged !== '') {
        logged = '';
        log.info('the peer is of the same contract again');
      } else if (text !== '' && text !== logged) {
        logged = text;
        log.warn('the peer is of another contract', { reason: difference?.severity, detail: text });
      }
    },
    check() {
      const found = lasting();
      if (found === undefined) return undefined;
      const minutes = Math.floor((now() - found.since) / 60_000);
      return {
        name: 'contract',
        status: found.severity === 'incompatible' ? 'unhealthy' : 'healthy',
        detail: `${found.severity} for ${minutes} minutes: ${found.text}`,
      };
    },
  };
}

interface Difference {
  readonly text: string;
  readonly severity: 'compatible' | 'incompatible';
}

function differenceOf(
  own: readonly (ContractVersion & { readonly name: string })[],
  peer: ContractVersions | undefined,
): Difference | undefined {
  const found = own.flatMap(({ name, version, digest }) => {
    const theirs = peer?.[name];
    if (theirs === undefined || (theirs.version === version && theirs.digest === digest)) return [];
    const same = theirs.version === version ? ' too, with other words' : '';
    return [
      {
        text: `${name}: ${version} here, ${theirs.version} there${same}`,
        otherMajor: majorOf(version) !== majorOf(theirs.version),
      },
    ];
  });
  if (found.length === 0) return undefined;
  return {
    text: found.map(({ text }) => text).join('; '),
    severity: found.some(({ otherMajor }) => otherMajor) ? 'incompatible' : 'compatible',
  };
}

const majorOf = (version: string): string => version.split('.', 1)[0] ?? '';

/**
 * Checks a peer at once and every minute, until the signal. A peer that does not answer is reported elsewhere.
 *
 * @param ask reads the peer's health.
 */
export async function watchSkew(
  skew: Pick<Skew, 'see'>,
  ask: (signal: AbortSignal) => Promise<{ readonly contract?: ContractVersions }>,
  signal: AbortSignal,
  everyMs = ASK_EVERY_MS,
): Promise<void> {
  while (!signal.aborted) {
    await ask(signal).then(
      ({ contract }) => skew.see(contract),
      () => undefined,
    );
    await delay(everyMs, undefined, { signal, ref: false }).catch(() => undefined);
  }
}
