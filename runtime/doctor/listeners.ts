import { networkInterfaces } from 'node:os';
import { recordOf } from '../is-record.ts';
import { type Finding, well, wrong } from './finding.ts';
import { healthFindings } from './peer.ts';
import { probe } from './probe.ts';

export interface ListenersToExamine {
  readonly publicPort: number;
  readonly internalPort: number;
  readonly host: string;
  readonly production: boolean;
  /** The service's name in the response of our own `GET /`. */
  readonly service: string;
  readonly healthPath: string;
  readonly secret: string;
  /** The cure for each check of its health, by name. */
  readonly cures: Readonly<Record<string, string>>;
  /** The addresses of this machine. */
  readonly interfaces?: typeof networkInterfaces;
}

/** Our own two ports, seen from this machine: the doctor runs beside the service. */
export async function examineListeners(listeners: ListenersToExamine): Promise<readonly Finding[]> {
  const { publicPort, internalPort, host, production, service, interfaces = networkInterfaces } = listeners;
  const both = hasIpv6(interfaces()) ? ['[::1]', '127.0.0.1'] : ['127.0.0.1'];
  const addresses = host === '::' ? both : [host.includes(':') ? `[${host}]` : host];
  const roots = await Promise.all(addresses.map((address) => probe(`http://${address}:${internalPort}/`)));
  const matches = roots.map((root) => 'status' in root && recordOf(root.text)?.service === service);
  const findings: Finding[] = [];
  if (!matches.includes(true)) {
    const other = roots.find((root) => 'status' in root);
    findings.push(
      other
        ? wrong('private port', `something else listens on ${internalPort}`, 'stop it, or set INTERNAL_PORT')
        : wrong(
            'private port',
            `this service does not run here (nobody listens on ${internalPort})`,
            'start it first; in a deployment run the doctor in its container',
          ),
    );
  } else if (matches[0] === false || (production && host !== '::')) {
    findings.push(
      wrong(
        'private port',
        'is not reachable over IPv6',
        'unset LISTEN_HOST: older networks of Railway know only IPv6',
      ),
    );
  } else findings.push(well('private port', `${service} on ${addresses.join(' and ')}, port ${internalPort}`));
  const own = addresses[matches.indexOf(true)];
  if (own !== undefined) findings.push(...(await examineHealth(`http://${own}:${internalPort}`, listeners)));
  const outside = await probe(`http://${addresses.at(-1)}:${publicPort}${listeners.healthPath}`);
  const isPrivate =
    'status' in outside &&
    [200, 401, 403, 421, 429].includes(outside.status) &&
    /"error":"(?:Missing Auth|Invalid (?:secret|Auth)|This API is only|Too many failed)|"status":/.test(outside.text);
  if (isPrivate)
    findings.push(
      wrong(
        'public port',
        `${publicPort} serves the private API`,
        'point the public domain at another port at once, and set PORT and INTERNAL_PORT apart',
      ),
    );
  else if ('status' in outside) findings.push(well('public port', `${publicPort} knows nothing of the private API`));
  return findings;
}

/** A host without IPv6 cannot listen on it, and nothing is wrong with that outside Railway. */
const hasIpv6 = (interfaces: ReturnType<typeof networkInterfaces>) =>
  Object.values(interfaces).some((addresses) => addresses?.some(({ family }) => family === 'IPv6'));

/** Reads the health of the service that runs here: beside an unhealthy service the doctor must not report that all is well. */
async function examineHealth(
  url: string,
  { healthPath, secret, cures }: ListenersToExamine,
): Promise<readonly Finding[]> {
  const answer = await probe(`${url}${healthPath}`, { authorization: `Bearer ${secret}` });
  if ('failure' in answer) return [wrong('own health', `no answer (${answer.failure})`, READ_LOG)];
  if (answer.status === 403) {
    const detail = 'the service that runs here was started with another secret';
    return [wrong('own health', detail, 'restart it with these variables')];
  }
  if (answer.status !== 200) return [wrong('own health', `answers ${answer.status}`, READ_LOG)];
  return healthFindings('own health', recordOf(answer.text), (check) => cures[check] ?? READ_LOG);
}

const READ_LOG = 'read the log of this service';
