import type { IncomingMessage } from 'node:http';

/**
 * Everything that was sent under a name (in lower case), joined as HTTP joins repeated fields. For decisions about
 * access: of a repeated `Host` or `Authorization` Node shows the first only.
 */
export function sentHeader({ rawHeaders }: IncomingMessage, name: string): string | undefined {
  let sent: string | undefined;
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const other = rawHeaders[index];
    if (other?.length !== name.length || other.toLowerCase() !== name) continue;
    const value = rawHeaders[index + 1] ?? '';
    sent = sent === undefined ? value : `${sent}, ${value}`;
  }
  return sent;
}
