import { request } from 'undici';
import { codeOf } from '../errors.ts';

export type Probe =
  | {
      readonly status: number;
      readonly text: string;
      readonly server: string | undefined;
      readonly date: number | undefined;
    }
  | { readonly failure: string };

const TIMEOUT_MS = 4_000;
const MAX_TEXT = 64 * 1024;

/** One request without a body, for its symptoms: every status is an answer, no redirect is followed, and a failure is named by its code. */
export async function probe(
  url: string,
  headers: Record<string, string> = {},
  method: 'GET' | 'POST' = 'GET',
): Promise<Probe> {
  try {
    const answer = await request(url, { method, headers, signal: AbortSignal.timeout(TIMEOUT_MS) });
    const text = (await answer.body.text()).slice(0, MAX_TEXT);
    const { server, date } = answer.headers;
    return {
      status: answer.statusCode,
      text,
      server: typeof server === 'string' ? server : undefined,
      date: typeof date === 'string' && !Number.isNaN(Date.parse(date)) ? Date.parse(date) : undefined,
    };
  } catch (error) {
    return { failure: codeOf(error) ?? (error instanceof Error ? error.name : 'unknown') };
  }
}
