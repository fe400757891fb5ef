import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from './log.ts';

/** Which version of a document a service was built from. */
export interface ContractVersion {
  readonly version: string;
  readonly digest: string;
}

/** By the document's name; a peer may say nothing of one, or of any. */
export type ContractVersions = Readonly<Record<string, ContractVersion | undefined>>;

export interface SkewCheck {
  readonly name: 'contract';
  readonly status: 'healthy' | 'unhealthy';
  readonly detail: string;
}

export interface Skew {
  /** Takes the `contract` of the peer's health; nothing from a peer that sends none, which is no difference. */
  see(peer: ContractVersions | undefined): void;
  /** What health says of it: a line for a difference that lasts, nothing otherwise. */
  check(): SkewCheck | undefined;
}

/** The two services deploy one after the other: only what lasts longer than that is worth a line in health. */
const LASTING_MS = 10 * 60_000;
/** How often a peer is asked. */
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
  log: Logger,
  now: () => number = Date.now,
): Skew {
  let difference: { readonly text: string; readonly incompatible: boolean; readonly since: number } | undefined;
  return {
    see(peer) {
      const found = own.flatMap(({ name, version, digest }) => {
        const theirs = peer?.[name];
        if (theirs === undefined || (theirs.version === version && theirs.digest === digest)) return [];
        const same = theirs.version === version ? ' too, with other words' : '';
        return [
          {
            name,
            version: [version, theirs.version],
            text: `${name}: ${version} here, ${theirs.version} there${same}`,
          },
        ];
      });
      const text = found.map((one) => one.text).join('; ');
      if (text === (difference?.text ?? '')) return;
      const incompatible = found.some(({ version: [ours = '', theirs = ''] }) => majorOf(ours) !== majorOf(theirs));
      difference = text === '' ? undefined : { text, incompatible, since: difference?.since ?? now() };
      if (difference === undefined) log.info('the peer is of the same contract again');
      else
        log.warn('the peer is of another contract', {
          reason: incompatible ? 'incompatible' : 'compatible',
          detail: text,
        });
    },
    check() {
      if (difference === undefined || now() - difference.since < LASTING_MS) return undefined;
      const { text, incompatible, since } = difference;
      const minutes = Math.floor((now() - since) / 60_000);
      return {
        name: 'contract',
        status: incompatible ? 'unhealthy' : 'healthy',
        detail: `${incompatible ? 'incompatible' : 'compatible'} for ${minutes} minutes: ${text}`,
      };
    },
  };
}

const majorOf = (version: string): string => version.split('.', 1)[0] ?? '';

/**
 * Asks a peer at once and every minute, until the signal. A peer that does not answer is somebody else's worry.
 *
 * @param ask the peer's health.
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
