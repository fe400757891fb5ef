import dns from 'node:dns';

/** The resolver's own error for a name that does not exist, or for one that it cannot ask about now. */
export type Resolution = 'ENOTFOUND' | 'EAI_AGAIN' | 'loopback';

/**
 * From now on this process finds a name on loopback, or does not find it, as each look-up decides; every other name
 * is asked for as before. Connections that are open stay open, as with a real resolver. Answers what undoes it.
 */
export function controlName(name: string, resolution: () => Resolution): () => void {
  const { lookup } = dns;
  const controlled = (hostname: string, ...rest: unknown[]): unknown => {
    const callback = rest.at(-1);
    const code = hostname === name ? resolution() : undefined;
    if (code === undefined) return Reflect.apply(lookup, dns, [hostname, ...rest]);
    if (code === 'loopback') return Reflect.apply(lookup, dns, ['127.0.0.1', ...rest]);
    const error = Object.assign(new Error(`getaddrinfo ${code} ${name}`), { code, syscall: 'getaddrinfo', hostname });
    return typeof callback === 'function' && process.nextTick(callback, error);
  };
  Object.defineProperty(dns, 'lookup', { value: controlled, configurable: true, writable: true });
  return () => Object.defineProperty(dns, 'lookup', { value: lookup, configurable: true, writable: true });
}
