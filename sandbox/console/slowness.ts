import type { SandboxDiscord } from '../discord/start-discord.ts';

const DELAY_MS = 1_500;

export interface Slowness {
  readonly isOn: boolean;
  set(on: boolean): void;
}

/** Every call to Discord takes 1.5 s longer; its gateway is as quick as ever, as it is on a bad day. */
export function slownessOf(discord: SandboxDiscord): Slowness {
  let fault: { remove(): void } | undefined;
  return {
    get isOn() {
      return fault !== undefined;
    },
    set: (on) => {
      if (on) fault ??= discord.fail({ path: '*', delayMs: DELAY_MS, times: Number.POSITIVE_INFINITY });
      else {
        fault?.remove();
        fault = undefined;
      }
    },
  };
}
