/* One walk from the peer's name to its contract; long because every wrong turn names its own cause and cure. */

import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';
import { isRecord, recordOf } from '../is-record.ts';
import { examineClock } from './clock.ts';
import { type Finding, well, wrong } from './finding.ts';
import { probe } from './probe.ts';
import { fingerprint } from './secret.ts';

interface Version {
  readonly version: string;
  readonly digest: string;
}

export interface PeerToExamine {
  /** The variable that holds its address. */
  readonly variable: string;
  readonly url: string;
  readonly secret: string;
  readonly previousSecret: string | undefined;
  /** The service's name in the response of its `GET /`. */
  readonly service: string;
  readonly healthPath: string;
  /** The documents that we were built from, by name. */
  readonly documents: Readonly<Record<string, Version>>;
}

/** Address, identity, secret, health and contract of the other service, each checked once the one before is well. */
export async function examinePeer(peer: PeerToExamine): Promise<readonly Finding[]> {
  const host = new URL(peer.url).hostname.replace(/^\[(.*)\]$/, '$1');
  const named = isIP(host) ? well('peer name', `${host} is an address`) : await resolve(peer, host);
  if (!named.isWell) return [named];
  const root = await probe(`${peer.url}/`);
  const identity = identify(peer, root);
  if (!identity.isWell) return [named, identity];
  const clock = 'date' in root ? examineClock('the peer', root.date) : [];
  return [named, identity, ...clock, ...(await examineSecretAndHealth(peer, 'server' in root && isPython(root)))];
}

async function resolve({ variable }: PeerToExamine, host: string): Promise<Finding> {
  try {
    const addresses = await lookup(host, { all: true });
    const families = [...new Set(addresses.map(({ family }) => (family === 6 ? 'AAAA' : 'A')))].join(' and ');
    return well('peer name', `${host} has ${families}`);
  } catch {
    return wrong(
      'peer name',
      `${host} is not known`,
      `name the service so in Railway (same project and environment), or set ${variable} to http://<service>.railway.internal:3000`,
    );
  }
}

function identify({ variable, url, service }: PeerToExamine, root: Awaited<ReturnType<typeof probe>>): Finding {
  const reject = (detail: string, cure: string) => wrong('peer', `${url}: ${detail}`, cure);
  if ('failure' in root) {
    if (root.failure === 'ECONNREFUSED')
      return reject(
        'nobody listens there',
        `is the peer deployed, is the port of ${variable} its INTERNAL_PORT, and does it listen on :: (LISTEN_HOST unset)?`,
      );
    if (root.failure === 'ETIMEDOUT' || root.failure === 'UND_ERR_CONNECT_TIMEOUT')
      return reject('no answer in time', 'is the peer hanging, or in another project or environment?');
    return reject(`no HTTP (${root.failure})`, `something else listens there: correct the port of ${variable}`);
  }
  const body = recordOf(root.text);
  if (root.status === 200 && body?.service === service)
    return well('peer', `${url} is ${service}${isPython(root) ? `, a Python service (${root.server})` : ''}`);
  if (root.status === 421)
    return reject(
      'answers 421: the way leads through the public edge',
      `set ${variable} to http://<service>.railway.internal:3000`,
    );
  if (body !== undefined && 'detail' in body)
    return reject(
      'a Python service (FastAPI) answers',
      `the old peer serves its private API on its public port 8080; deploy the new one, and give ${variable} port 3000`,
    );
  if (typeof body?.service === 'string')
    return reject(
      `is ${body.service}, not ${service}`,
      `${variable} names another service, perhaps this one: correct it`,
    );
  if (root.status >= 300 && root.status < 400)
    return reject(`redirects (${root.status})`, `that is no private port: correct ${variable}`);
  return reject(
    `answers ${root.status}, but not as a private port does`,
    `that is probably its public port: give ${variable} the port of its INTERNAL_PORT (3000)`,
  );
}

/** The servers under FastAPI name themselves. */
const isPython = ({ server = '' }: { readonly server: string | undefined }) =>
  /uvicorn|hypercorn|gunicorn/.test(server);

async function examineSecretAndHealth(peer: PeerToExamine, python: boolean): Promise<readonly Finding[]> {
  const ask = (secret: string, method: 'GET' | 'POST' = 'GET') =>
    probe(`${peer.url}${peer.healthPath}`, { authorization: `Bearer ${secret}` }, method);
  const answer = await ask(peer.secret);
  if ('failure' in answer) return [wrong('peer health', `no answer (${answer.failure})`, "read the peer's log")];
  if (answer.status === 403 || answer.status === 429) {
    const accepted = peer.previousSecret === undefined ? undefined : await ask(peer.previousSecret);
    const old = accepted !== undefined && 'status' in accepted && accepted.status === 200;
    return [
      old
        ? wrong(
            'same secret',
            'the peer knows only our INTERNAL_API_SECRET_PREVIOUS',
            'the rotation is half done: set the new INTERNAL_API_SECRET there too',
          )
        : wrong(
            'same secret',
            `the peer rejects ours (fingerprint ${fingerprint(peer.secret)})`,
            'set the same INTERNAL_API_SECRET in both services (a shared variable), and compare the fingerprints that the doctor prints on both sides',
          ),
    ];
  }
  if (answer.status !== 200)
    return [wrong('peer health', `answers ${answer.status}`, 'deploy both services from one commit')];
  const health = recordOf(answer.text);
  const contract = python
    ? well('contract', 'the Python service names none: the fields of the document are all that both know')
    : contractOf(peer, health);
  const state = healthFindings('peer health', health, () => "run the peer's own doctor: it names each cure");
  // Not a call: the method is rejected once the secret is accepted.
  const posted = await ask(peer.secret, 'POST');
  const accepted =
    'status' in posted && [401, 403].includes(posted.status)
      ? wrong(
          'same secret',
          `accepted with GET, but a POST gets ${posted.status}: every call fails`,
          `something between the services takes the Authorization header away: let ${peer.variable} lead to the peer itself`,
        )
      : well('same secret', 'the peer accepts ours');
  return [accepted, ...state, contract];
}

type Json = Readonly<Record<string, unknown>>;
/** The findings from a service's health report. */
export function healthFindings(name: string, health: Json | undefined, cureOf: (check: string) => string) {
  const checks = Array.isArray(health?.checks) ? health.checks.filter(isRecord) : [];
  // A service that can work without a check stays healthy while this check is not.
  const unhealthy = checks.filter(({ status }) => status !== 'healthy');
  if (unhealthy.length > 0)
    return unhealthy.map((check) => wrong(name, `${check.name}: ${check.detail}`, cureOf(String(check.name))));
  return [health?.status === 'healthy' ? well(name, 'healthy') : wrong(name, 'unhealthy', cureOf(''))];
}

function contractOf({ documents }: PeerToExamine, health: Json | undefined): Finding {
  const theirs = isRecord(health?.contract) ? health.contract : {};
  const skew = Object.entries(documents).flatMap(([name, ours]) => {
    const other = theirs[name];
    if (isRecord(other) && other.digest === ours.digest) return [];
    return [
      `${name}: ${ours.version} here, ${isRecord(other) ? `${other.version}, but another text,` : 'unknown'} there`,
    ];
  });
  if (skew.length === 0)
    return well(
      'contract',
      Object.entries(documents)
        .map(([name, { version }]) => `${name} ${version}`)
        .join(', '),
    );
  return wrong(
    'contract',
    skew.join('; '),
    'deploy both services from one commit; while one is being rolled out this is harmless',
  );
}
