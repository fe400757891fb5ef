import { type Finding, well, wrong } from './finding.ts';
import { jsonOf, probe } from './probe.ts';

export interface ListenersToExamine {
  readonly publicPort: number;
  readonly internalPort: number;
  readonly host: string;
  readonly production: boolean;
  /** What our own `GET /` calls itself. */
  readonly service: string;
  readonly healthPath: string;
}

/** Our own two ports, seen from this machine: the doctor runs beside the service. */
export async function examineListeners(own: ListenersToExamine): Promise<readonly Finding[]> {
  const { publicPort, internalPort, host, production, service, healthPath } = own;
  if (publicPort === internalPort) {
    return [
      wrong(
        'ports',
        `PORT and INTERNAL_PORT are both ${publicPort}`,
        'unset INTERNAL_PORT (3000) or give it another number: the private API must never be public',
      ),
    ];
  }
  const addresses = host === '::' ? ['[::1]', '127.0.0.1'] : [host.includes(':') ? `[${host}]` : host];
  const roots = await Promise.all(addresses.map((address) => probe(`http://${address}:${internalPort}/`)));
  const matches = roots.map((root) => 'status' in root && jsonOf(root.text)?.service === service);
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
  const outside = await probe(`http://${addresses.at(-1)}:${publicPort}${healthPath}`);
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
