import { sign } from 'node:crypto';
import { InteractionType } from 'discord-api-types/v10';
import { isRecord } from '../json.ts';
import type { World } from '../world/world.ts';

const PONG = 1;
const TIMEOUT_MS = 3000;

export interface EndpointAnswer {
  status: number;
  body: unknown;
}

/** Posts to the application, signed over timestamp and body (Discord docs: Interactions Overview, Setting Up an Endpoint). */
export async function postSigned(world: World, url: string, payload: object, forged = false): Promise<EndpointAnswer> {
  const body = JSON.stringify(payload);
  const timestamp = Math.floor(world.clock.now() / 1000).toString();
  const signed = Buffer.from(timestamp + (forged ? `${body} ` : body));
  const late = new AbortController();
  const cancel = world.clock.after(TIMEOUT_MS, () => late.abort());
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/json',
        'User-Agent': 'Discord-Interactions/1.0 (+https://discord.com)',
        'X-Signature-Ed25519': sign(null, signed, world.keys.privateKey).toString('hex'),
        'X-Signature-Timestamp': timestamp,
      },
      body,
      signal: AbortSignal.any([late.signal, world.closing.signal]),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : parse(text) };
  } finally {
    cancel();
  }
}

/** Why Discord would not take this URL: it must answer PING with PONG, and a bad signature with 401. */
export async function faultOf(world: World, url: string): Promise<string | undefined> {
  const ping = { version: 1, type: InteractionType.Ping, token: 'ping', id: '0', application_id: world.applicationId };
  try {
    const forged = await postSigned(world, url, ping, true);
    if (forged.status !== 401) return `A bad signature got ${forged.status}, not 401.`;
    const honest = await postSigned(world, url, ping);
    const pong = honest.status === 200 && isRecord(honest.body) && honest.body.type === PONG;
    return pong ? undefined : `PING got ${honest.status} ${JSON.stringify(honest.body)}, not PONG.`;
  } catch (error) {
    return `No answer: ${error instanceof Error ? error.message : String(error)}`;
  }
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
