import { setTimeout as delay } from 'node:timers/promises';
import type { Cluster } from '../faults/cluster.ts';
import { startLoad } from '../faults/load.ts';
import { LOCAL_SECRET } from '../system/environment.ts';
import { restartBot } from './bot-part.ts';
import type { Part } from './part.ts';
import { type Backends, deployBackends } from './replace-backend.ts';
import { type Secrets, startCalls, type Traffic } from './traffic.ts';

type Service = 'backend' | 'bot';

/** How long each phase lasts once its service is deployed. */
const PHASE_MS = 1_500;
/** The log lines of a service while the other one rejects its secret. */
const REJECTED = /"reason":"misconfigured"|"outcome":"misconfigured"|"status":(?:401|403|429)\b.*"waiting"/;

/** The steps of docs/railway.md, each time with another service first. */
export const rotationPart: Part = {
  name: 'secret rotation under load',
  alerts: false,
  run: async (cluster, tally, { times, slower = 1 }, onStep) => {
    const backends = deployBackends(cluster);
    const load = startLoad(cluster, { everyMs: 60 * slower });
    const calls = startCalls(cluster, tally, slower);
    let present = LOCAL_SECRET;
    try {
      for (let done = 1; done <= times; done += 1) {
        const next = `rotated-secret-${done}`;
        const order: readonly Service[] = done % 2 === 1 ? ['backend', 'bot'] : ['bot', 'backend'];
        const phases: readonly Secrets[] = [
          { secret: present, previousSecret: present },
          { secret: next, previousSecret: present },
          { secret: next },
        ];
        for (const secrets of phases) {
          for (const service of order) await deploy({ cluster, backends, calls, service, secrets });
        }
        present = next;
        onStep(done);
      }
    } finally {
      await Promise.all([load.stop(), calls.stop()]);
    }
    const rejected = cluster.logs.filter((line) => REJECTED.test(line));
    const faults = rejected.length === 0 ? [] : [`${rejected.length} complaints about the secret: ${rejected[0]}`];
    return {
      memberIds: load.memberIds,
      notes: [`rotations: ${times}`],
      faults: [...faults, ...(await calls.missing())],
    };
  },
};

interface Deployment {
  readonly cluster: Cluster;
  readonly backends: Backends;
  readonly calls: Traffic;
  readonly service: Service;
  readonly secrets: Secrets;
}

async function deploy({ cluster, backends, calls, service, secrets }: Deployment): Promise<void> {
  const variables = {
    INTERNAL_API_SECRET: secrets.secret,
    INTERNAL_API_SECRET_PREVIOUS: secrets.previousSecret ?? '',
  };
  if (service === 'backend') await backends.replace(variables);
  else {
    await restartBot(cluster, variables);
    calls.use(secrets);
  }
  await delay(PHASE_MS);
}
