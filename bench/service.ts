import { setTimeout as delay } from 'node:timers/promises';
import { type ServiceProcess, startService } from '@moddy/scripts/system/service-process';

const POLL_MS = 4;

/** Starts a service as a deployment does. @returns it, once `/healthz` answers 200, and how long that took. */
export async function startMeasured(
  service: 'bot' | 'backend',
  variables: Readonly<Record<string, string>>,
): Promise<ServiceProcess & { readonly startMs: number }> {
  const startedAt = performance.now();
  const started = startService(service, `${service}/main.ts`, variables);
  let ended: number | null | undefined;
  void started.exited.then((code) => {
    ended = code;
  });
  const isReady = () =>
    fetch(`http://127.0.0.1:${variables.PORT}/healthz`).then(
      ({ ok }) => ok,
      () => false,
    );
  while (!(await isReady())) {
    if (ended !== undefined) throw new Error(`The ${service} ended with ${ended} before it was ready`);
    await delay(POLL_MS);
  }
  return { ...started, startMs: performance.now() - startedAt };
}
