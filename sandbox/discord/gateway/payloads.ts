import { isRecord } from '../json.ts';

export interface Identity {
  token: string;
  intents: unknown;
  shard?: [number, number];
  /** The part that the sandbox would have to ignore. */
  notModelled?: string;
}

export function parsePayload(text: string): { op: number; d: unknown } | undefined {
  try {
    const payload: unknown = JSON.parse(text);
    return isRecord(payload) && typeof payload.op === 'number' ? { op: payload.op, d: payload.d } : undefined;
  } catch {
    return undefined;
  }
}

/** `properties` is required (Discord docs: Gateway Events, Identify Structure). */
export function readIdentify(d: unknown): Identity | undefined {
  if (!isRecord(d) || typeof d.token !== 'string' || !isRecord(d.properties)) return undefined;
  const shard: unknown[] = Array.isArray(d.shard) ? d.shard : [];
  const [index, count] = shard;
  const notModelled = d.compress ? 'compress' : typeof count === 'number' && count > 1 ? 'several shards' : undefined;
  return {
    token: d.token,
    intents: d.intents,
    ...(notModelled ? { notModelled } : {}),
    ...(typeof index === 'number' && typeof count === 'number' ? { shard: [index, count] } : {}),
  };
}

export function readResume(d: unknown): { token: string; sessionId: string; seq: number } | undefined {
  if (!isRecord(d)) return undefined;
  const { token, session_id: sessionId, seq } = d;
  if (typeof token !== 'string' || typeof sessionId !== 'string' || typeof seq !== 'number') return undefined;
  return { token, sessionId, seq };
}
